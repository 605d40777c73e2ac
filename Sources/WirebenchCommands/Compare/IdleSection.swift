import CommandConsole
import FoundationEssentials
import MomentoAuth

/// What idle connections cost, as a part of the comparison.
enum IdleSection {
  static let title = "Idle connections"
  private static let count = 10_000

  /// The table and its targets; nothing where the measurement fails, which is told.
  static func measure(
    _ programs: BenchPrograms, note: (String) -> Void
  ) -> [CompareReport.Section] {
    note("\(Double(count).grouped(0)) idle connections")
    do throws(CommandFailure) {
      let command = ChildProcess.Command(
        [programs.wirebench, "idle", "--connections", "\(count)", "--json"],
        environment: programs.environment)
      let output = try ChildProcess(command, readsOutput: true, showsErrors: true).wholeOutput()
      guard let section = section(output) else {
        throw CommandFailure.system("its output cannot be read: \(output)")
      }
      return [section]
    } catch {
      note("idle connections: \(error.message)")
      return []
    }
  }

  /// Reads what `wirebench idle --json` prints.
  static func section(_ output: String) -> CompareReport.Section? {
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(output.utf8)),
      let server = members["serverBytesPerConnection"]?.double,
      let client = members["clientBytesPerChannel"]?.double,
      let stillOpen = members["stillOpen"]?.double,
      case .bool(let answers)? =
        members["answersMeanwhile"]
    else { return nil }
    var table = MarkdownTable(["idle connections", "number", "KiB each"])
    table.add(["server", stillOpen.grouped(0), (server / 1_024).fixed(1)])
    table.add(["channel", members["channels"]?.description ?? "", (client / 1_024).fixed(1)])
    func memory(_ name: String, _ bytes: Double) -> Target {
      Target(name: name, value: bytes / 1_024, bound: .atMost(64), unit: "KiB")
    }
    return CompareReport.Section(
      title: title, key: "idle", tables: [table], json: .object(members),
      targets: [
        memory("idle: server's memory a connection", server),
        memory("idle: client's memory a channel", client),
        Target(
          name: "idle: connections open on one loop, a fresh call answered",
          value: answers ? stillOpen : 0, bound: .atLeast(Double(count)), unit: ""),
      ])
  }
}
