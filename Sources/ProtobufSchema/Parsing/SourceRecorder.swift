import ProtobufWire

/// Where a token stands, as `SourceCodeInfo` counts: from 0, columns in bytes with tabs widened.
struct TokenPlace: Sendable {
  var firstLine: Int32
  var firstColumn: Int32
  var lastLine: Int32
  /// Behind the last byte.
  var endColumn: Int32
}

/// Notes where each part of a file stands while the file is parsed.
struct SourceRecorder: Sendable {
  /// One a token.
  var places: [TokenPlace] = []
  /// By the index of the token that they stand before.
  var comments: [Int: TokenComments] = [:]
  private(set) var locations: [SourceCodeLocation] = []
  /// The path of the message whose fields are read; empty outside of messages.
  private(set) var scope: [Int32] = []
  private var path: [Int32] = []
  /// The locations that are not ended, the innermost last.
  private var open: [Slot] = []
  private var upcomingLeading: String?
  private var upcomingDetached: [String] = []

  private struct Slot {
    var location: Int
    var outerPath: [Int32]
  }

  /// Begins the location of the whole file.
  mutating func openFile() {
    take(comments[0], of: nil)
    open(at: [], from: 0)
  }

  /// Begins a location.
  ///
  /// - Parameters:
  ///   - inScope: whether the path goes on from the message around it, rather than from the location.
  ///   - token: the index of its first token.
  /// - Returns: the location's index.
  @discardableResult mutating func open(
    _ field: (any WireField)?, _ index: Int?, inScope: Bool, from token: Int
  ) -> Int {
    var path = inScope ? scope : path
    if let field { path.append(Int32(bitPattern: field.rawValue)) }
    if let index { path.append(Int32(clamping: index)) }
    return open(at: path, from: token)
  }

  /// Begins a location with the path of the one around it, to which more is added later.
  mutating func openUnnamed(from token: Int) -> Int { open(at: path, from: token) }

  @discardableResult private mutating func open(at path: [Int32], from token: Int) -> Int {
    var location = SourceCodeLocation()
    location.path = path
    if places.indices.contains(token) {
      location.span = [places[token].firstLine, places[token].firstColumn]
    }
    open.append(Slot(location: locations.count, outerPath: self.path))
    locations.append(location)
    self.path = path
    return locations.count - 1
  }

  /// Ends the innermost location with a token.
  mutating func close(lastToken token: Int) {
    guard let slot = open.popLast() else { return }
    path = slot.outerPath
    let start = TokenPlace(firstLine: 0, firstColumn: 0, lastLine: 0, endColumn: 0)
    let place = places.indices.contains(token) ? places[token] : start
    if locations[slot.location].span.first != place.lastLine {
      locations[slot.location].span.append(place.lastLine)
    }
    locations[slot.location].span.append(place.endColumn)
  }

  /// Notes a part of the innermost location that is one token.
  mutating func note(_ field: any WireField, token: Int) {
    open(field, nil, inScope: false, from: token)
    close(lastToken: token)
  }

  /// Notes a part of what the innermost location stands in.
  mutating func noteOutside(_ field: any WireField, token: Int) {
    let outer = open.last?.outerPath ?? []
    open(at: outer + [Int32(bitPattern: field.rawValue)], from: token)
    close(lastToken: token)
  }

  /// Notes a part of the file that is one token, wherever it stands.
  mutating func noteInFile(_ field: any WireField, _ index: Int, token: Int) {
    open(field, index, inScope: true, from: token)
    close(lastToken: token)
  }

  /// Makes the innermost location the scope of fields.
  ///
  /// - Returns: the scope to go back to.
  mutating func enterScope() -> [Int32] {
    defer { scope = path }
    return scope
  }

  mutating func leaveScope(to outer: [Int32]) { scope = outer }
}

// Comments: each is known before the declaration that it belongs to is.
extension SourceRecorder {
  /// Notes that a token ends the innermost location's declaration, or its head.
  mutating func endDeclaration(at token: Int) { take(comments[token + 1], of: open.last?.location) }

  /// Notes the end of a block, with which comments that nobody has taken are lost.
  mutating func endBlock(at token: Int) {
    upcomingDetached = []
    take(comments[token + 1], of: nil)
  }

  /// Notes a semicolon by itself, to which no comment belongs.
  mutating func passEmptyStatement(at token: Int) {
    let detached = upcomingDetached
    take(comments[token + 1], of: nil)
    upcomingDetached = detached + upcomingDetached
  }

  private mutating func take(_ comments: TokenComments?, of location: Int?) {
    if let location {
      locations[location].leadingComments = upcomingLeading
      locations[location].leadingDetachedComments = upcomingDetached
      locations[location].trailingComments = comments?.trailing
    }
    upcomingLeading = comments?.leading
    upcomingDetached = comments?.detached ?? []
  }
}

// Options, whose paths are known when their names are resolved.
extension SourceRecorder {
  /// Goes on in an element of the innermost location's field without a location for it.
  mutating func enterElement(_ index: Int) { path.append(Int32(clamping: index)) }

  mutating func leaveElement() { path.removeLast() }

  /// Goes on beside the field that the innermost location is of.
  ///
  /// - Returns: the field to go back into.
  mutating func leaveField() -> Int32 { path.popLast() ?? 0 }

  mutating func enterField(_ number: Int32) { path.append(number) }

  /// Copies the locations inside of one element of the innermost location's field for another.
  ///
  /// - Returns: how far each copy is behind the last copy of the same location.
  mutating func copyForElement(_ index: Int, _ range: Range<Int>) -> Int {
    for var location in locations[range] {
      location.path[path.count] = Int32(clamping: index)
      locations.append(location)
    }
    return range.count
  }
}

extension ProtoParser {
  /// Parses one part of the file and notes where it stands, if that is wanted.
  ///
  /// - Parameters:
  ///   - field: nil if the location around is that of the field as a whole.
  ///   - index: which element of the field, if it is repeated.
  ///   - inScope: whether the field is one of the message around, not of the innermost location.
  ///   - start: the index of the first token, unless it is the next.
  mutating func located<Result>(
    _ field: (any WireField)?, _ index: Int? = nil, inScope: Bool = false, from start: Int? = nil,
    _ parse: (inout ProtoParser) throws(SchemaError) -> Result
  ) throws(SchemaError) -> Result {
    guard recorder != nil else { return try parse(&self) }
    recorder?.open(field, index, inScope: inScope, from: start ?? self.index)
    let result = try parse(&self)
    recorder?.close(lastToken: self.index - 1)
    return result
  }

  /// Notes once more where the token before stands, as that of another field.
  mutating func repeatLocation(_ field: any WireField, from start: Int) {
    recorder?.open(field, nil, inScope: false, from: start)
    recorder?.close(lastToken: index - 1)
  }

  /// Takes the symbol that ends a declaration, or its head.
  mutating func endDeclaration(_ symbol: String) throws(SchemaError) {
    guard looksAt(symbol) else { throw expected("\"\(symbol)\"") }
    recorder?.endDeclaration(at: index)
    advance()
  }

  mutating func takeEndOfBlock() -> Bool {
    guard looksAt("}") else { return false }
    recorder?.endBlock(at: index)
    advance()
    return true
  }

  mutating func takeEmptyStatement() -> Bool {
    guard looksAt(";") else { return false }
    recorder?.passEmptyStatement(at: index)
    advance()
    return true
  }
}
