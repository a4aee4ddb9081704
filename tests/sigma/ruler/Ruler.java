import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.event.ruler.Machine;

/*
 * Which patterns an event passes, by the matcher that EventBridge itself uses.
 *
 * usage: Ruler PATTERNS EVENTS, files with a JSON text a line. Prints for each event the numbers of the
 * patterns, from 0, that it passes.
 */
class Ruler {
    public static void main(String[] arguments) throws Exception {
        Machine machine = new Machine();
        List<String> patterns = Files.readAllLines(Path.of(arguments[0]));
        for (int n = 0; n < patterns.size(); n++) {
            machine.addRule(Integer.toString(n), patterns.get(n));
        }
        StringBuilder passed = new StringBuilder();
        for (String event : Files.readAllLines(Path.of(arguments[1]))) {
            passed.append(String.join(" ", machine.rulesForJSONEvent(event))).append('\n');
        }
        System.out.print(passed);
    }
}
