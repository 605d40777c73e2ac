extension OffsetMap {
  /// The places in the input of a range of positions, one for each run that it reaches into.
  func pieces(_ range: Range<Int>) -> [(offset: UInt64, count: Int)] {
    var pieces: [(offset: UInt64, count: Int)] = []
    var position = range.lowerBound
    repeat {
      let end = min(range.upperBound, endOfRun(position))
      pieces.append((offset(position), end - position))
      position = end
    } while position < range.upperBound
    return pieces
  }
}
