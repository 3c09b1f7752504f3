"""Messages of the wire; `generate` makes the modules from the .proto files beside them."""
