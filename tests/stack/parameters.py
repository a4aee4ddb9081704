"""Sets of parameters that together switch every condition of the template on and off."""

EMAIL = {"AlertEmail": "security@example.com"}
TOPIC_ARN = "arn:aws:sns:eu-west-1:444455556666:alerts.fifo"
KEY_ARN = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPS_TOPIC_ARN = "arn:aws:sns:us-east-1:111122223333:operators"

SETS = {
    "an e-mail address": EMAIL,
    "as little as can be": EMAIL | {"EncryptTopic": "false", "Dashboard": "false"},
    "all there is": EMAIL
    | {
        "OpsTopicArn": OPS_TOPIC_ARN,
        "AccountNames": "111122223333=prod, 444455556666=Log archive",
        "RegionStatusEvents": "true",
        "OrganizationId": "o-a1b2c3d4e5",
        "DailyTest": "true",
        "Architecture": "arm64",
        "ReservedConcurrency": "2",
        "Tracing": "Active",
    },
    "the second signal": EMAIL | {"RegionStatusEvents": "true"},
    "an organization": EMAIL | {"OrganizationId": "o-a1b2c3d4e5"},
    "an old key for a new topic": EMAIL | {"KmsKeyArn": KEY_ARN},
    "an old topic": {"TopicArn": TOPIC_ARN, "DailyTest": "true"},
    "an old topic with its key": EMAIL | {"TopicArn": TOPIC_ARN, "KmsKeyArn": KEY_ARN},
}
