"""The words of the program as plain frozen records; nothing here does any work."""
