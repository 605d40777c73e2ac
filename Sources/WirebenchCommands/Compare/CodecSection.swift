import CommandConsole
import FoundationEssentials
import MomentoAuth

/// What encoding and decoding cost beside protobuf for C++, as a part of the comparison.
enum CodecSection {
  static let title = "Codec"

  /// The table and its targets; nothing where the measurement fails, which is told.
  static func measure(
    _ programs: BenchPrograms, rounds: Int, note: (String) -> Void
  ) -> [CompareReport.Section] {
    note("codec")
    do throws(CommandFailure) {
      let command = ChildProcess.Command(
        [programs.wirebench, "codec", "--peer", "--json", "--rounds", "\(rounds)"],
        environment: programs.environment, core: programs.clientCore)
      let output = try ChildProcess(command, readsOutput: true, showsErrors: true).wholeOutput()
      guard let section = section(output) else {
        throw CommandFailure.system("its output cannot be read: \(output)")
      }
      return [section]
    } catch {
      note("codec: \(error.message)")
      return []
    }
  }

  /// Reads what `wirebench codec --peer --json` prints.
  static func section(_ output: String) -> CompareReport.Section? {
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(output.utf8)),
      case .array(let messages)? = members["messages"]
    else { return nil }
    var table = MarkdownTable(
      ["message", "bytes", "ns", "protobuf C++, ns", "ratio", "allocations"])
    var targets: [Target] = []
    for case .object(let row) in messages {
      guard case .string(let message)? = row["message"], case .string(let way)? = row["way"] else {
        return nil
      }
      let name = "\(way) of \(message)"
      func number(_ member: String) -> Double? { row[member]?.double }
      func cell(_ member: String, _ decimals: Int) -> String {
        number(member)?.grouped(decimals) ?? "-"
      }
      table.add([
        name, cell("bytes", 0), cell("nanoseconds", 0), cell("peerNanoseconds", 0),
        cell("ratio", 2), cell("allocations", 0),
      ])
      targets += [
        Target(
          name: "codec: time of \(name) to protobuf C++'s", value: number("ratio"),
          bound: .atMost(CodecReport.mostOfPeer)),
        Target(
          name: "codec: allocations of \(name)", value: number("allocations"),
          bound: .atMost(number("allocationsNeeded") ?? 0), unit: ""),
      ]
    }
    return CompareReport.Section(
      title: title, key: "codec", tables: [table], json: .object(members), targets: targets)
  }
}
