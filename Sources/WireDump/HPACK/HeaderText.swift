/// What is told of a header field, wherever and however it is written: made once for an entry of a table.
final class HeaderText: Sendable {
  /// A broken rule, without its place.
  typealias Fault = (what: String, rule: String, code: ErrorCode?)

  let name: String
  /// Name and value on one line, in UTF-8.
  let line: [UInt8]
  /// Whether the value must not be shown.
  let isSecret: Bool
  let members: [(name: StaticString, value: ItemValue)]
  let notes: [String]
  let faults: [Fault]
  /// Name and members as JSON has them, with a comma before each; nil if nobody is to ask for it often.
  private let json: [UInt8]?

  init(_ draft: HeaderDraft, isForJSON: Bool) {
    name = draft.name
    line = draft.line
    isSecret = draft.isSecret
    members = draft.members
    notes = draft.notes
    faults = draft.faults
    guard isForJSON else {
      json = nil
      return
    }
    var json = TextBuffer()
    Self.append(name, members, to: &json)
    self.json = json.take()
  }

  /// Appends name and members as JSON has them, with a comma before each.
  func appendJSON(to text: inout TextBuffer) {
    if let json { text.append(json.span) } else { Self.append(name, members, to: &text) }
  }

  private static func append(
    _ name: String, _ members: [(name: StaticString, value: ItemValue)],
    to text: inout TextBuffer
  ) {
    text.append(member: "name", .text(name))
    for (name, value) in members { text.append(member: name, value) }
  }

  /// About how many bytes of memory it takes: what it says is in it several times, and may be escaped.
  var size: Int { 512 + 8 * line.count }
}

/// How a header field is written.
struct HeaderWriting: Sendable {
  let representation: HeaderBlock.Representation
  let index: Int
  let tableSize: Int
  let hasHuffmanName: Bool
  /// Nil if the value is not written, but an index.
  let hasHuffmanValue: Bool?
  let isInferred: Bool

  init(_ fields: Span<HeaderBlock.Field>, _ place: Int) {
    representation = fields[place].representation
    index = fields[place].index
    tableSize = fields[place].tableSize
    hasHuffmanName = fields[place].nameLiteral?.isHuffman ?? false
    hasHuffmanValue = fields[place].valueLiteral?.isHuffman
    isInferred = fields[place].isInferred
  }

  func append(to text: inout TextBuffer) {
    text.append(representation.name)
    if index > 0 {
      text.append(index <= StaticTable.count ? ", static " : ", dynamic ")
      text.append(decimal: index)
    }
    if hasHuffmanName { text.append(literal: ", Huffman name") }
    if hasHuffmanValue ?? false { text.append(literal: ", Huffman value") }
    if isInferred { text.append(literal: ", inferred") }
  }

  func forEachMember(_ body: (StaticString, MemberValue) -> Void) {
    if index > 0 { body("index", .value(.number(UInt64(index)))) }
    body("representation", .value(.text(representation.name)))
    if let hasHuffmanValue { body("huffman", .value(.flag(hasHuffmanValue))) }
    if isInferred { body("inferred", .value(.flag(true))) }
    body("tableSize", .value(.number(UInt64(clamping: tableSize))))
  }
}
