"""What CloudFormation makes of a template and parameters, as far as that is known beforehand."""

import re

PSEUDO = {
    "AWS::AccountId": "123456789012",  # moto's own
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "enable-region-alert",
}
ABSENT = object()  # what AWS::NoValue leaves


class Stack:
    """A template with its parameters put in: every condition is decided.

    What only a resource can tell (its Ref, its attributes) stays as it is, and so does what is made
    of that. Naming a resource that is not in this stack is an error.
    """

    def __init__(self, template, parameters=(), **pseudo):
        declared = template["Parameters"]
        assert set(parameters) <= set(declared)
        self.values = PSEUDO | pseudo
        self.values |= {name: each["Default"] for name, each in declared.items()}
        self.values |= dict(parameters)
        self.template = template
        self.conditions = {
            name: self.decide({"Condition": name}) for name in template["Conditions"]
        }
        self.names = {name for name, each in template["Resources"].items() if self.has(each)}
        self.resources = self._those_there("Resources")
        self.outputs = self._those_there("Outputs")

    def has(self, part):
        return self.conditions[part["Condition"]] if "Condition" in part else True

    def _those_there(self, section):
        return {
            name: self.resolve({key: value for key, value in each.items() if key != "Condition"})
            for name, each in self.template[section].items()
            if self.has(each)
        }

    def of_type(self, kind):
        """The properties of each resource of this type, by name."""
        return {
            name: each["Properties"]
            for name, each in self.resources.items()
            if each["Type"] == kind
        }

    def as_template(self):
        """The stack as a template of its own, without parameters and conditions."""
        return {"Resources": self.resources, "Outputs": self.outputs}

    def broken_rules(self):
        """The descriptions of the assertions that CloudFormation would refuse the stack for."""
        return [
            assertion["AssertDescription"]
            for rule in self.template["Rules"].values()
            for assertion in rule["Assertions"]
            if not self.decide(assertion["Assert"])
        ]

    def decide(self, condition):
        ((function, value),) = condition.items()
        match function:
            case "Condition":
                return self.decide(self.template["Conditions"][value])
            case "Fn::Equals":
                left, right = (self.resolve(each) for each in value)
                return left == right
            case "Fn::Not":
                return not self.decide(value[0])
            case "Fn::And":
                return all(self.decide(each) for each in value)
            case "Fn::Or":
                return any(self.decide(each) for each in value)
        raise ValueError(f"no condition: {function}")

    def resolve(self, value):
        if isinstance(value, list):
            items = [self.resolve(each) for each in value]
            return [each for each in items if each is not ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        members = {name: self.resolve(each) for name, each in value.items()}
        return {name: each for name, each in members.items() if each is not ABSENT}

    def _call(self, function, argument):
        if function == "Fn::If":
            condition, yes, no = argument
            return self.resolve(yes if self.conditions[condition] else no)
        if function == "Fn::Sub":
            return self._substitute(argument)
        if function == "Ref":
            if argument == "AWS::NoValue":
                return ABSENT
            if argument in self.values:
                return self.values[argument]
            assert argument in self.names, f"no {argument} in this stack"
        argument = self.resolve(argument)
        if function == "Fn::GetAtt":
            assert argument[0] in self.names, f"no {argument[0]} in this stack"
        if function == "Fn::Split" and isinstance(argument[1], str):
            return argument[1].split(argument[0])
        if function == "Fn::Select" and isinstance(argument[1], list):
            return argument[1][int(argument[0])]
        return {function: argument}

    def _substitute(self, argument):
        text, own = argument if isinstance(argument, list) else (argument, {})
        own = self.resolve(own)
        rest = {}

        def put_in(match):
            name = match[1]
            value = own[name] if name in own else self.values.get(name)
            if isinstance(value, str | int):
                return str(value)
            if name in own:
                rest[name] = value
            else:
                assert name.split(".")[0] in self.names, f"no {name} in this stack"
            return match[0]

        text = re.sub(r"\$\{([\w.:]+)\}", put_in, text)
        if "${" not in text:
            return text
        return {"Fn::Sub": [text, rest]} if rest else {"Fn::Sub": text}
