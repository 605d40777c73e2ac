import CommandConsole
import MomentoAuth

/// What `wirebench codec` has measured.
struct CodecReport {
  /// One way of one message.
  struct Row {
    var sample: any CodecSample
    var way: CodecWay
    var allocations: Double
    /// The time of each round.
    var nanoseconds: [Double] = []
    /// The peer's time of each round; empty where it was not asked for.
    var peerNanoseconds: [Double] = []

    var ratio: Double { nanoseconds.median / peerNanoseconds.median }

    /// The buffer to encode into; the values to decode.
    var allocationsNeeded: Int { way == .encode ? 1 : sample.valuesOnHeap }
  }

  /// How much of the peer's time is allowed.
  static let mostOfPeer = 1.5

  var rows: [Row] = []
  /// Whether the process counts its allocations.
  var countsAllocations: Bool

  func text(_ style: Style) -> String {
    var lines = Rows()
    for row in rows {
      let time = "\(row.nanoseconds.median.fixed(0)) ns"
      var parts = ["\(row.sample.bytes.count) bytes", time.leftPadded(to: 8)]
      if countsAllocations { parts.append(allocations(of: row)) }
      if !row.peerNanoseconds.isEmpty { parts.append(comparison(of: row)) }
      lines.add("\(row.sample.name) \(row.way)", parts.joined(separator: "  "))
    }
    return lines.lines(style)
  }

  var json: JSONObject {
    var object = JSONObject()
    object.add("messages", .array(rows.map { .object(members(of: $0)) }))
    return object
  }

  private func allocations(of row: Row) -> String {
    let count = row.allocations
    let holds = count <= Double(row.allocationsNeeded)
    return "allocations \(count.fixed(count == count.rounded() ? 0 : 3))"
      + verdict(holds, "at most \(row.allocationsNeeded)")
  }

  private func comparison(of row: Row) -> String {
    "C++ \(row.peerNanoseconds.median.fixed(0)) ns".leftPadded(to: 11)
      + "  ratio \(row.ratio.fixed(2))"
      + verdict(row.ratio <= Self.mostOfPeer, "at most \(Self.mostOfPeer.fixed(1))")
  }

  private func verdict(_ holds: Bool, _ bound: String) -> String {
    holds ? " ok" : " MISS (\(bound))"
  }

  private func members(of row: Row) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "message": .string(row.sample.name), "way": .string(row.way.rawValue),
      "bytes": .integer(Int64(row.sample.bytes.count)),
      "nanoseconds": .literal(row.nanoseconds.median, decimals: 1),
    ]
    if countsAllocations {
      members["allocations"] = .literal(row.allocations, decimals: 3)
      members["allocationsNeeded"] = .integer(Int64(row.allocationsNeeded))
    }
    if !row.peerNanoseconds.isEmpty {
      members["peerNanoseconds"] = .literal(row.peerNanoseconds.median, decimals: 1)
      members["ratio"] = .literal(row.ratio, decimals: 3)
      members["holds"] = .bool(row.ratio <= Self.mostOfPeer)
    }
    return members
  }
}
