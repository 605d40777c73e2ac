/// How one sequence becomes another, with as few changes as can be (E. W. Myers, "An O(ND) Difference
/// Algorithm and Its Variations", 1986).
package struct Alignment: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    /// The elements at these places are equal.
    case same(Int, Int)
    case removed(Int)
    case added(Int)
  }

  /// With more changes than this, the sequences are taken for different as a whole.
  private static let mostChanges = 2_000

  /// In the order of both sequences; what is removed comes before what is added in its place.
  package private(set) var steps: [Step] = []

  package init<Element: Hashable>(_ old: [Element], _ new: [Element]) {
    let shared = min(old.count, new.count)
    var start = 0
    while start < shared, old[start] == new[start] { start += 1 }
    var end = 0
    while end < shared - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    for place in 0..<start { steps.append(.same(place, place)) }
    var numbers: [Element: Int] = [:]
    let (first, second) = (start..<(old.count - end), start..<(new.count - end))
    let a = first.map { place in numbers[old[place]] ?? Self.number(old[place], &numbers) }
    let b = second.map { place in numbers[new[place]] ?? Self.number(new[place], &numbers) }
    steps += Self.path(a, b, at: start)
    for back in stride(from: end, to: 0, by: -1) {
      steps.append(.same(old.count - back, new.count - back))
    }
  }

  private static func number<Element>(_ element: Element, _ numbers: inout [Element: Int]) -> Int {
    let number = numbers.count
    numbers[element] = number
    return number
  }

  private static func path(_ a: [Int], _ b: [Int], at start: Int) -> [Step] {
    guard let trace = trace(a, b) else {
      return a.indices.map { .removed(start + $0) } + b.indices.map { .added(start + $0) }
    }
    var steps: [Step] = []
    var (x, y) = (a.count, b.count)
    for changes in stride(from: trace.count - 1, to: 0, by: -1) {
      let diagonal = x - y
      let reached = trace[changes - 1]
      let isDown = isDown(diagonal, changes, reached)
      let from = isDown ? reached[diagonal + changes] : reached[diagonal + changes - 2] + 1
      while x > from {
        (x, y) = (x - 1, y - 1)
        steps.append(.same(start + x, start + y))
      }
      if isDown { y -= 1 } else { x -= 1 }
      steps.append(isDown ? .added(start + y) : .removed(start + x))
    }
    while x > 0 {
      (x, y) = (x - 1, y - 1)
      steps.append(.same(start + x, start + y))
    }
    return ordered(steps.reversed())
  }

  /// For each number of changes, how far in `a` the diagonals from minus to plus that number reach; nil
  /// if there are too many changes.
  private static func trace(_ a: [Int], _ b: [Int]) -> [[Int]]? {
    var trace: [[Int]] = []
    for changes in 0...min(mostChanges, a.count + b.count) {
      let before = trace.last ?? []
      var reached = [Int](repeating: 0, count: 2 * changes + 1)
      for diagonal in stride(from: -changes, through: changes, by: 2) {
        var x = 0
        if changes > 0 {
          x =
            isDown(diagonal, changes, before)
            ? before[diagonal + changes] : before[diagonal + changes - 2] + 1
        }
        while x < a.count, x - diagonal < b.count, a[x] == b[x - diagonal] { x += 1 }
        reached[diagonal + changes] = x
        if x >= a.count, x - diagonal >= b.count { return trace + [reached] }
      }
      trace.append(reached)
    }
    return nil
  }

  /// Whether a diagonal is reached by an addition, from the one above it.
  private static func isDown(_ diagonal: Int, _ changes: Int, _ before: [Int]) -> Bool {
    if diagonal == -changes { return true }
    if diagonal == changes { return false }
    return before[diagonal + changes - 2] < before[diagonal + changes]
  }

  private static func ordered(_ steps: [Step]) -> [Step] {
    var result: [Step] = []
    var added: [Step] = []
    for step in steps {
      switch step {
      case .added: added.append(step)
      case .removed: result.append(step)
      case .same:
        result += added + [step]
        added = []
      }
    }
    return result + added
  }
}
