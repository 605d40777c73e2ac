import FoundationEssentials
import Testing

@testable import WirebenchCommands

@Suite struct SoakTests {
  private struct Report: Decodable {
    var answered: Int
    var problems: String
  }

  @Test func everyCallIsAnsweredOrIsOnAConnectionThatWasCut() async throws {
    let run = await wirebench([
      "soak", "--seconds", "0.5", "--connections", "3", "--callers", "4", "--pause", "20", "--json",
    ])
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    #expect(report.answered > 0)
    // What the process holds is other tests' as well.
    let problems = report.problems.split(separator: "; ").filter { !$0.contains(" grew from ") }
    #expect(problems.isEmpty)
  }

  @Test func aCallThatIsDoneTwiceIsNoticedAndOneThatIsLateIsNone() {
    var window = CallWindow()
    let news = [1, 2, 4, 3, 4, 3, 20_000, 3_617, 3_616, 3_617].map { window.add($0) }
    #expect(
      news == [
        .new, .new, .new, .new, .repeated, .repeated, .new, .new, .tooOld, .repeated,
      ])
  }
}
