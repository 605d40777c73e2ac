import CommandConsole
import WireDump

/// The bytes that a dump explains, piece by piece; of hexadecimal text, those that it stands for.
struct DumpInput {
  /// How much is looked at to tell hexadecimal text from other bytes.
  private static let textSize = 1 << 16
  /// How large a dump of our own may be that is read back, which is in memory as a whole.
  private static let annotatedLimit = 1 << 28

  private var pieces: InputPieces
  /// What was read and is still to be handed out.
  private(set) var head: [UInt8] = []
  /// Whether the head is all that is left.
  private(set) var isWhole = false
  private var hex: HexTextReader?

  init(_ pieces: InputPieces) throws(CommandFailure) {
    self.pieces = pieces
    // The longest that a format needs to be known: the header of a pcap file.
    try fill(24)
    guard !head.isEmpty else {
      throw CommandFailure("EMPTY_INPUT", "the input is empty", exitCode: .invalid)
    }
    try openText()
  }

  /// Reads until the head has so many bytes, or is all that is left.
  mutating func fill(_ count: Int) throws(CommandFailure) {
    while head.count < count, !isWhole { head += try read() }
  }

  /// The next bytes; nil at the end.
  mutating func next() throws(CommandFailure) -> [UInt8]? {
    if head.isEmpty, !isWhole { try fill(1) }
    guard !head.isEmpty else { return nil }
    defer { head = [] }
    return head
  }

  /// Whether ``next()`` would return at once.
  var isReady: Bool { !head.isEmpty || isWhole || pieces.isReady }

  /// Takes the head for hexadecimal text if it is that.
  private mutating func openText() throws(CommandFailure) {
    guard head.allSatisfy({ 9...13 ~= $0 || 0x20..<0x7f ~= $0 }) else { return }
    try fill(Self.textSize)
    if AnnotatedHex.isDump(head.span) { try fill(Self.annotatedLimit) }
    if isWhole {
      head = try HexInput.bytes(head) ?? head
    } else if HexText.isBeginning(head.span) {
      var reader = HexTextReader()
      head = try Self.decoding { () throws(HexTextReader.Failure) in try reader.receive(head) }
      hex = reader
    }
  }

  private mutating func read() throws(CommandFailure) -> [UInt8] {
    let bytes = try pieces.next()
    isWhole = bytes.isEmpty
    guard var reader = hex else { return bytes }
    hex = nil
    let isEnd = isWhole
    let found = try Self.decoding { () throws(HexTextReader.Failure) in
      isEnd ? try reader.finish() : try reader.receive(bytes)
    }
    hex = reader
    return found
  }

  private static func decoding(
    _ body: () throws(HexTextReader.Failure) -> [UInt8]
  ) throws(CommandFailure) -> [UInt8] {
    do throws(HexTextReader.Failure) {
      return try body()
    } catch {
      throw CommandFailure(
        "BAD_HEX", "line \(error.line) is not hexadecimal, and the lines before it are",
        hint: "Take out what is no dump of bytes, or put a # before it.", exitCode: .invalid)
    }
  }
}
