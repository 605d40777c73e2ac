import TestSupport
import Testing

@testable import WireDump

@Suite struct AlignmentTests {
  /// The length of the longest common subsequence, by the table that every textbook has.
  private func longest(_ a: [Int], _ b: [Int]) -> Int {
    var row = [Int](repeating: 0, count: b.count + 1)
    for one in a {
      var before = 0
      for (place, other) in b.enumerated() {
        let above = row[place + 1]
        row[place + 1] = one == other ? before + 1 : max(above, row[place])
        before = above
      }
    }
    return row[b.count]
  }

  @Test func theStepsMakeOneSequenceOfTheOtherAndAreAsFewAsCanBe() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      let symbols = Int.random(in: 1...5, using: &random)
      let a = (0..<Int.random(in: 0...14, using: &random)).map { _ in
        Int.random(in: 0..<symbols, using: &random)
      }
      let b = (0..<Int.random(in: 0...14, using: &random)).map { _ in
        Int.random(in: 0..<symbols, using: &random)
      }
      var (old, new, same): ([Int], [Int], Int) = ([], [], 0)
      for step in Alignment(a, b).steps {
        switch step {
        case .same(let first, let second):
          #expect(a[first] == b[second])
          old.append(first)
          new.append(second)
          same += 1
        case .removed(let place): old.append(place)
        case .added(let place): new.append(place)
        }
      }
      #expect(old == Array(a.indices) && new == Array(b.indices))
      #expect(same == longest(a, b))
    }
  }

  @Test func sequencesWithTooManyChangesAreTakenForDifferentAsAWhole() {
    let steps = Alignment(Array(0..<3_000), Array(5_000..<8_000)).steps
    #expect(steps.count == 6_000 && steps.first == .removed(0) && steps.last == .added(2_999))
  }

  /// As `diff -u` prints it (GNU diffutils 3.8).
  @Test func differencesReadAsThoseOfDiff() {
    let old = (1...20).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 2\n", with: "line two\n").replacing("line 19\n", with: "")
    #expect(
      UnifiedDiff.lines(old, new, names: ("old", "new")) == [
        "--- old", "+++ new", "@@ -1,5 +1,5 @@", " line 1", "-line 2", "+line two", " line 3",
        " line 4", " line 5", "@@ -16,5 +16,4 @@", " line 16", " line 17", " line 18",
        "-line 19", " line 20",
      ])
    #expect(UnifiedDiff.lines(old, old, names: ("old", "new")).isEmpty)
    #expect(
      UnifiedDiff.lines("", "a\n", names: ("old", "new")) == [
        "--- old", "+++ new", "@@ -0,0 +1,1 @@", "+a",
      ])
  }
}
