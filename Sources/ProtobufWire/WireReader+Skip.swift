extension WireReader {
  /// Passes over the value of the field whose tag was read last: one that the message does not know.
  ///
  /// The error's path gains the field's number.
  @usableFromInline
  package mutating func skipValue(_ bytes: Span<UInt8>) throws(WireError) {
    let number = tag.number
    // The end of a group is no field: the fault is the message's own.
    if tag.type == .endGroup { throw WireError(.unmatchedEndGroup(number: number), at: tagOffset) }
    do {
      if tag.type == .startGroup {
        try skipGroup(bytes)
      } else {
        try skipPlainValue(bytes)
      }
    } catch {
      throw error.inside(.field("\(number)"))
    }
  }

  private mutating func skipPlainValue(_ bytes: Span<UInt8>) throws(WireError) {
    switch tag.type {
    case .varint: _ = try readVarint(bytes)
    case .i64: _ = try readFixed64(bytes)
    case .i32: _ = try readFixed32(bytes)
    case .len: position = try readLength(bytes).upperBound
    case .startGroup, .endGroup:
      throw WireError(.unmatchedEndGroup(number: tag.number), at: tagOffset)
    }
  }

  /// Passes over a group and the groups in it. A loop, not a recursion: the depth is the peer's choice.
  private mutating func skipGroup(_ bytes: Span<UInt8>) throws(WireError) {
    var open: [UInt32] = []
    repeat {
      switch tag.type {
      case .startGroup:
        guard open.count < depthLeft else {
          throw WireError(.tooDeep(limit: recursionLimit), at: tagOffset)
        }
        open.append(tag.number)
      case .endGroup:
        guard open.last == tag.number else {
          throw WireError(.unmatchedEndGroup(number: tag.number), at: tagOffset)
        }
        open.removeLast()
      default: try skipPlainValue(bytes)
      }
      guard let innermost = open.last else { return }
      guard available > 0 else {
        throw WireError(.unterminatedGroup(number: innermost), at: position)
      }
      try readTag(bytes)
    } while true
  }
}
