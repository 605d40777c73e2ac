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
package struct Item: Sendable {
  package var layer: Layer
  /// What it is, such as `HEADERS` or `field`.
  package var kind: String
  /// Which bytes, in the block that is being explained.
  package var range: Range<Int>
  /// What text, detail and the first members are made of.
  var meaning: Meaning
  /// What most items do not have.
  private var remarks: ItemRemarks?
  package var children: [Item] = []
  /// The part of `range` whose bytes are not to be shown.
  package var secret: Range<Int>?
  /// Whether the bytes are a part of something that is explained, and shown, once it is complete.
  package var isDeferred = false

  package init(_ layer: Layer, _ kind: String, _ range: Range<Int>, _ text: String) {
    self.init(layer, kind, range, .ready(text: text, detail: ""))
  }

  init(_ layer: Layer, _ kind: String, _ range: Range<Int>, _ meaning: Meaning) {
    self.layer = layer
    self.kind = kind
    self.range = range
    self.meaning = meaning
  }

  /// Lines of text about what is inside, such as other readings of the same bytes.
  package var notes: [String] {
    get { remarks?.notes ?? [] }
    set { change { $0.notes = newValue } }
  }

  package var violations: [Violation] {
    get { remarks?.violations ?? [] }
    set { change { $0.violations = newValue } }
  }

  /// Members behind those of the meaning.
  var moreMembers: [(name: String, value: ItemValue)] { remarks?.members ?? [] }

  private mutating func change(_ body: (inout ItemRemarks) -> Void) {
    var changed = remarks ?? ItemRemarks()
    body(&changed)
    remarks = changed
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

  private static func text(_ append: (inout [UInt8]) -> Void) -> String {
    var text: [UInt8] = []
    append(&text)
    return String(decoding: text, as: UTF8.self)
  }

  /// What it means, for programs.
  package var members: [(name: String, value: ItemValue)] {
    var members: [(name: String, value: ItemValue)] = []
    meaning.forEachMember { members.append(($0, $1.item)) }
    return members + moreMembers
  }

  private mutating func fix(text: String, detail: String) {
    let all = members
    change { $0.members = all }
    meaning = .ready(text: text, detail: detail)
  }

  package mutating func add(_ name: String, _ value: ItemValue) {
    change { $0.members.append((name, value)) }
  }
  mutating func add(_ name: String, _ text: String) { add(name, .text(text)) }
  mutating func add(_ name: String, _ number: Int) {
    add(name, .number(UInt64(clamping: number)))
  }

  /// This item and all below it, each before its children.
  package func forEach(depth: Int = 0, _ body: (Item, Int) -> Void) {
    body(self, depth)
    for child in children { child.forEach(depth: depth + 1, body) }
  }

  /// The children, lent: a copy of an item costs a count of all that it refers to.
  func forEachChild(_ body: (borrowing Item) -> Void) {
    let children = children.span
    for index in children.indices { body(children[index]) }
  }
}

/// What is said about an item beyond its meaning. A value that is behind one reference, so that an item
/// without it is small.
private struct ItemRemarks: Sendable {
  private final class Storage: Sendable {
    let members: [(name: String, value: ItemValue)]
    let notes: [String]
    let violations: [Violation]

    init(
      _ members: [(name: String, value: ItemValue)], _ notes: [String], _ violations: [Violation]
    ) {
      (self.members, self.notes, self.violations) = (members, notes, violations)
    }
  }

  private var storage = Storage([], [], [])

  var members: [(name: String, value: ItemValue)] {
    get { storage.members }
    set { storage = Storage(newValue, storage.notes, storage.violations) }
  }

  var notes: [String] {
    get { storage.notes }
    set { storage = Storage(storage.members, newValue, storage.violations) }
  }

  var violations: [Violation] {
    get { storage.violations }
    set { storage = Storage(storage.members, storage.notes, newValue) }
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
