/// What a run of bytes is a part of.
package enum Layer: String, Sendable {
  case http2 = "h2"
  case hpack
  case grpc
  case protobuf = "pb"
  /// Bytes that no layer explains.
  case raw
}

/// A value in the JSON form of an item.
package enum ItemValue: Sendable, Equatable {
  case text(String)
  case number(UInt64)
  case flag(Bool)
  case texts([String])
}

/// A run of bytes and what it means. What its children do not cover belongs to the item itself, so
/// that a tree of items accounts for every byte exactly once.
///
/// Behind one reference, because trees are built, handed on and walked more often than they are changed.
///
/// `@unchecked Sendable`: what is behind the reference is changed while nothing else refers to it.
package struct Item: @unchecked Sendable {
  private var contents: ItemContents

  package init(_ layer: Layer, _ kind: String, _ range: Range<Int>, _ text: String) {
    self.init(layer, kind, range, .ready(text: text, detail: ""))
  }

  init(_ layer: Layer, _ kind: String, _ range: Range<Int>, _ meaning: Meaning) {
    contents = ItemContents(layer, kind, range, meaning)
  }

  package var layer: Layer { contents.layer }
  /// What it is, such as `HEADERS` or `field`.
  package var kind: String { contents.kind }
  /// Which bytes, in the block that is being explained.
  package var range: Range<Int> { contents.range }

  /// What text, detail and the first members are made of.
  var meaning: Meaning { contents.meaning }

  package var children: [Item] {
    get { unsafe contents.children }
    _modify { yield unsafe &own().children }
  }

  /// The part of `range` whose bytes are not to be shown.
  package var secret: Range<Int>? {
    get { unsafe contents.secret }
    set { unsafe own().secret = newValue }
  }

  /// Whether the bytes are a part of something that is explained, and shown, once it is complete.
  package var isDeferred: Bool {
    get { unsafe contents.isDeferred }
    set { unsafe own().isDeferred = newValue }
  }

  /// Lines of text about what is inside, such as other readings of the same bytes.
  package var notes: [String] {
    get { unsafe contents.remarks?.notes ?? [] }
    _modify { yield unsafe &own().ownRemarks().notes }
  }

  package var violations: [Violation] {
    get { unsafe contents.remarks?.violations ?? [] }
    _modify { yield unsafe &own().ownRemarks().violations }
  }

  /// Members behind those of the meaning.
  var moreMembers: [(name: String, value: ItemValue)] { unsafe contents.remarks?.members ?? [] }

  /// The contents, of which no other item knows.
  private mutating func own() -> ItemContents {
    if !isKnownUniquelyReferenced(&contents) {
      contents = ItemContents(contents, contents.meaning)
    }
    return contents
  }

  /// What it means, for people, in one line.
  package var text: String {
    get { Self.text(meaning.append) }
    set { fix(text: newValue, detail: detail) }
  }

  /// How it is written, for people who want to know that too.
  package var detail: String {
    get { Self.text(meaning.appendDetail) }
    set { fix(text: text, detail: newValue) }
  }

  private static func text(_ append: (inout TextBuffer) -> Void) -> String {
    var text = TextBuffer()
    append(&text)
    return text.string
  }

  /// What it means, for programs.
  package var members: [(name: String, value: ItemValue)] {
    var members: [(name: String, value: ItemValue)] = []
    meaning.forEachMember { members.append(("\($0)", $1.item)) }
    return members + moreMembers
  }

  private mutating func fix(text: String, detail: String) {
    let members = members
    contents = ItemContents(contents, .ready(text: text, detail: detail))
    unsafe contents.ownRemarks().members = members
  }

  package mutating func add(_ name: String, _ value: ItemValue) {
    unsafe own().ownRemarks().members.append((name, value))
  }
  mutating func add(_ name: String, _ text: String) { add(name, .text(text)) }
  mutating func add(_ name: String, _ number: Int) {
    add(name, .number(UInt64(clamping: number)))
  }

  /// Its children, which are lent: a copy of each costs a count.
  func forEachChild(_ body: (Item) -> Void) {
    let children = children
    let span = children.span
    for index in span.indices { body(span[index]) }
  }

  /// This item and all below it, each before its children.
  package func forEach(depth: Int = 0, _ body: (Item, Int) -> Void) {
    body(self, depth)
    forEachChild { $0.forEach(depth: depth + 1, body) }
  }
}

/// What an item refers to.
///
/// Invariant of what is not checked: it changes only while one item refers to it, and no change is within
/// another.
private final class ItemContents {
  let layer: Layer
  let kind: String
  let range: Range<Int>
  let meaning: Meaning
  @exclusivity(unchecked) var children: [Item] = []
  @exclusivity(unchecked) var secret: Range<Int>?
  @exclusivity(unchecked) var isDeferred = false
  @exclusivity(unchecked) var remarks: ItemRemarks?

  init(_ layer: Layer, _ kind: String, _ range: Range<Int>, _ meaning: Meaning) {
    self.layer = layer
    self.kind = kind
    self.range = range
    self.meaning = meaning
  }

  init(_ other: ItemContents, _ meaning: Meaning) {
    (layer, kind, range) = (other.layer, other.kind, other.range)
    self.meaning = meaning
    unsafe children = other.children
    unsafe (secret, isDeferred) = (other.secret, other.isDeferred)
    unsafe remarks = other.remarks.map { ItemRemarks($0) }
  }

  /// The remarks, which nothing else refers to.
  func ownRemarks() -> ItemRemarks {
    if let remarks = unsafe remarks { return remarks }
    let remarks = ItemRemarks()
    unsafe self.remarks = remarks
    return remarks
  }
}

/// What is told of few items: kept apart, so that the others have nothing to count references to.
///
/// Invariant of what is not checked: as that of what refers to it, alone.
private final class ItemRemarks {
  @exclusivity(unchecked) var members: [(name: String, value: ItemValue)] = []
  @exclusivity(unchecked) var notes: [String] = []
  @exclusivity(unchecked) var violations: [Violation] = []

  init() {}

  init(_ other: ItemRemarks) {
    unsafe (members, notes, violations) = (other.members, other.notes, other.violations)
  }
}

/// A rule that the bytes break. It never ends the explanation of what follows.
package struct Violation: Sendable, Equatable {
  /// Where in the block the culprit stands.
  package var position: Int
  /// What is wrong.
  package var what: String
  /// The document and section that says so, such as `RFC 9113 §6.1`.
  package var rule: String
  /// The error code that a peer would answer with; empty where none is prescribed.
  package var code: String

  package init(_ position: Int, _ what: String, _ rule: String, _ code: ErrorCode? = nil) {
    self.position = position
    self.what = what
    self.rule = rule
    self.code = code?.name ?? ""
  }
}
