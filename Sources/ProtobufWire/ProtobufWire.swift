// ProtobufWire: see the layout in README.md.
