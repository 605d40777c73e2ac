import ProtobufSchema

// What `forEachMember` tells, as JSON has it: without the values in between, of which there are many.

extension Meaning {
  /// Appends its members but for a frame's stream, which all lines have.
  func appendJSON(to text: inout TextBuffer) {
    switch self {
    case .ready: break
    case .frame(let header): header.appendJSON(to: &text)
    case .header(let field, let writing):
      field.appendJSON(to: &text)
      writing.appendJSON(to: &text)
    case .message(let message): message.forEachMember { text.append(member: $0, $1) }
    case .field(let field): field.appendJSON(to: &text)
    }
  }
}

extension FrameHeader {
  fileprivate func appendJSON(to text: inout TextBuffer) {
    text.append(literal: ",\"length\":")
    text.append(decimal: length)
    text.append(literal: ",\"flags\":[")
    if hasNamedFlags {
      text.append(UInt8(ascii: "\""))
      appendFlags(separatedBy: "\",\"", to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(literal: "],\"flagByte\":")
    text.append(decimal: UInt64(flags))
  }
}

extension HeaderWriting {
  fileprivate func appendJSON(to text: inout TextBuffer) {
    if index > 0 {
      text.append(literal: ",\"index\":")
      text.append(decimal: index)
    }
    text.append(literal: ",\"representation\":\"")
    text.append(representation.name)
    switch hasHuffmanValue {
    case nil: text.append(literal: "\"")
    case true?: text.append(literal: "\",\"huffman\":true")
    case false?: text.append(literal: "\",\"huffman\":false")
    }
    if isInferred { text.append(literal: ",\"inferred\":true") }
    text.append(literal: ",\"tableSize\":")
    text.append(decimal: tableSize)
  }
}

extension FieldMeaning {
  fileprivate func appendJSON(to text: inout TextBuffer) {
    text.append(literal: ",\"field\":")
    text.append(decimal: UInt64(number))
    text.append(literal: ",\"path\":\"")
    text.append(path)
    text.append(decimal: UInt64(number))
    text.append(UInt8(ascii: "\""))
    if let descriptor {
      text.append(literal: ",\"name\":")
      text.append(quoted: descriptor.displayName)
    }
    text.append(literal: ",\"wire\":\"")
    text.append(Tag.names[Int(wireType)])
    text.append(UInt8(ascii: "\""))
    forEachMemberOfValue { text.append(member: $0, $1) }
  }
}
