/// Turns a text of the protoscope language into the bytes that it stands for.
package enum Protoscope {
  /// - Throws: ``ProtoscopeError`` with the place of the first fault.
  package static func assemble(_ text: [UInt8]) throws(ProtoscopeError) -> [UInt8] {
    var assembler = ProtoscopeAssembler(lexer: ProtoscopeLexer(text))
    return try assembler.run()
  }
}

/// Lengths stand before what they count, and are known only behind it: bytes are kept without them, and
/// they are put in at the end, so that the time does not depend on how deep braces are nested.
private struct ProtoscopeAssembler {
  /// A brace that is open.
  private struct Brace {
    var offset: Int
    /// The tag of a group; nil for a length.
    var group: ProtoscopeTag?
    /// Which of `lengths` it is to fill.
    var length = 0
    /// How many bytes were there, with lengths, as it opened.
    var countBefore = 0
    var longForm = 0
  }

  private struct Length {
    var position: Int
    var bytes: [UInt8] = []
  }

  private var lexer: ProtoscopeLexer
  private var bytes: [UInt8] = []
  private var lengths: [Length] = []
  private var lengthBytes = 0
  private var braces: [Brace] = []
  /// A tag that waits for what follows to tell its wire type.
  private var tag: (tag: ProtoscopeTag, longForm: Int)?
  private var longForm: (count: Int, offset: Int)?

  init(lexer: ProtoscopeLexer) { self.lexer = lexer }

  mutating func run() throws(ProtoscopeError) -> [UInt8] {
    while let token = try lexer.next() { try take(token) }
    if let longForm { throw misplaced(longForm.offset) }
    writeTag(type: 0)
    if let open = braces.last {
      throw lexer.error("expected a } for the { that is here, found the end", at: open.offset)
    }
    return joined
  }

  private mutating func take(_ token: ProtoscopeToken) throws(ProtoscopeError) {
    let waiting = tag?.tag
    if let type = token.wireType { writeTag(type: type) }
    switch token {
    case .bytes(let found):
      try refuseLongForm()
      bytes += found
    case .fixed(let found):
      try refuseLongForm()
      bytes += found
    case .varint(let number): Varint.encode(number, longForm: takeLongForm(), to: &bytes)
    case .tag(let found):
      tag = (found, takeLongForm())
      if let type = found.wireType { writeTag(type: type) }
    case .longForm(let count):
      try refuseLongForm()
      longForm = (count, lexer.start)
    case .open: open()
    case .openGroup:
      try refuseLongForm()
      guard let waiting else {
        throw lexer.error("expected a tag without a wire type before the group, such as 5: !{}")
      }
      braces.append(Brace(offset: lexer.start, group: waiting))
    case .close: try close()
    }
  }

  private func misplaced(_ offset: Int) -> ProtoscopeError {
    lexer.error(
      "expected an integer, a tag, a { or the } of a group behind long-form", at: offset)
  }

  private func refuseLongForm() throws(ProtoscopeError) {
    if let longForm { throw misplaced(longForm.offset) }
  }

  private mutating func takeLongForm() -> Int {
    defer { longForm = nil }
    return longForm?.count ?? 0
  }

  private mutating func writeTag(type: UInt8) {
    guard let waiting = tag else { return }
    tag = nil
    Varint.encode(waiting.tag.key(type), longForm: waiting.longForm, to: &bytes)
  }

  private mutating func open() {
    braces.append(
      Brace(
        offset: lexer.start, length: lengths.count, countBefore: bytes.count + lengthBytes,
        longForm: takeLongForm()))
    lengths.append(Length(position: bytes.count))
  }

  private mutating func close() throws(ProtoscopeError) {
    guard let brace = braces.popLast() else {
      throw lexer.error("expected no }, because no { is open")
    }
    if let group = brace.group {
      Varint.encode(group.key(4), longForm: takeLongForm(), to: &bytes)
      return
    }
    try refuseLongForm()
    let count = bytes.count + lengthBytes - brace.countBefore
    Varint.encode(UInt64(count), longForm: brace.longForm, to: &lengths[brace.length].bytes)
    lengthBytes += lengths[brace.length].bytes.count
  }

  private var joined: [UInt8] {
    var whole: [UInt8] = []
    whole.reserveCapacity(bytes.count + lengthBytes)
    var position = 0
    for length in lengths {
      whole += bytes[position..<length.position]
      whole += length.bytes
      position = length.position
    }
    return whole + bytes[position...]
  }
}
