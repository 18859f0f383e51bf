"""What is personal, and how a person is erased: from the log, the state store and what is published, for ever."""
