"""The fault matrix: one row a fault, with the one way in which it must end."""

from network_faults import NETWORK
from process_faults import ENVIRONMENT, KILLED
from sns_faults import REPLIES, SNS, TIME

FAULTS = SNS + REPLIES + TIME + NETWORK + ENVIRONMENT + KILLED
