/// What stands between two tokens, as far as it decides whose a comment is.
enum TokenGapPart: Sendable, Equatable {
  /// The text behind the slashes, the end of the line with it.
  case lineComment([UInt8], line: Int)
  /// The text between the marks, and the line that it ends on.
  case blockComment([UInt8], lastLine: Int)
  /// The end of a line without a comment that reaches up to it.
  case newline
}

/// The comments between two tokens, told apart by what they belong to.
///
/// See the comments on `SourceCodeInfo.Location` in `descriptor.proto`.
struct TokenComments: Sendable, Equatable {
  /// Of the declaration that ends with the token before.
  var trailing: String?
  /// Of nothing in particular.
  var detached: [String] = []
  /// Of the declaration that begins with the token behind.
  var leading: String?

  var isEmpty: Bool { self == TokenComments() }

  /// - Parameters:
  ///   - previousLine: the line that the token before ends on; nil at the start of the file.
  ///   - next: the token behind.
  init(_ gap: [TokenGapPart], previousLine: Int?, next: Token) {
    self.init()
    guard !gap.isEmpty else { return }
    var sorter = CommentSorter(isAtStart: previousLine == nil)
    var parts = gap[...]
    // What begins on the line of the token before belongs to it; what follows does not any more.
    var ambiguousLines = [previousLine]
    if previousLine != nil {
      switch parts.removeFirst() {
      case .newline: break
      case .lineComment(let text, let line):
        sorter.addTrailing(text)
        ambiguousLines.append(line)
      case .blockComment(let text, let line):
        sorter.addTrailing(text)
        ambiguousLines.append(line)
      }
    }
    sorter.add(parts)
    if next.kind == .end || ["}", "]", ")"].contains(next.text) { sorter.flush() }
    if next.kind != .end, ambiguousLines.contains(next.position.line) { sorter.detachOnlyOne() }
    self = sorter.result
  }

  private init() {}

  private struct CommentSorter {
    private var trailing: [UInt8]?
    private var detached: [[UInt8]] = []
    private var pending: [UInt8]?
    private var isPendingOfLines = false
    private var canTrail: Bool

    init(isAtStart: Bool) { canTrail = !isAtStart }

    mutating func addTrailing(_ text: [UInt8]) {
      trailing = text
      canTrail = false
    }

    mutating func add(_ parts: ArraySlice<TokenGapPart>) {
      var endsWithBlock = false
      for part in parts {
        switch part {
        case .lineComment(let text, _):
          if !isPendingOfLines { flush() }
          pending = (pending ?? []) + text
          isPendingOfLines = true
        case .blockComment(let text, _):
          flush()
          pending = text
          isPendingOfLines = false
        // The rest of a block comment's last line, not a blank one.
        case .newline where endsWithBlock: break
        case .newline:
          flush()
          canTrail = false
        }
        if case .blockComment = part { endsWithBlock = true } else { endsWithBlock = false }
      }
    }

    /// Gives a comment that is whole away, to the token before if that has none.
    mutating func flush() {
      guard let text = pending else { return }
      if canTrail {
        addTrailing(text)
      } else {
        detached.append(text)
      }
      pending = nil
    }

    /// Nobody can tell whose a single comment between two declarations on one line is.
    mutating func detachOnlyOne() {
      let count = (trailing == nil ? 0 : 1) + detached.count + (pending == nil ? 0 : 1)
      guard count == 1 else { return }
      if let text = trailing {
        detached.insert(text, at: 0)
        trailing = nil
      }
      flush()
    }

    var result: TokenComments {
      var comments = TokenComments()
      comments.trailing = Self.text(trailing)
      comments.detached = detached.map { String(decoding: $0, as: UTF8.self) }
      comments.leading = Self.text(pending)
      return comments
    }

    /// A comment without a text, such as `/**/`, is none.
    private static func text(_ comment: [UInt8]?) -> String? {
      guard let comment, !comment.isEmpty else { return nil }
      return String(decoding: comment, as: UTF8.self)
    }
  }
}
