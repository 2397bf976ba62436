"""Virtual PaSoRi readers: messages and commands, a UART or USB around them, and their faults."""
