import ArgumentParsing
import CommandConsole
import ProtobufWire

/// `wirebench codec`
enum CodecCommand {
  static let table = Command(
    "codec",
    abstract: "Measure how messages are encoded and decoded.",
    discussion: [
      "Times three messages: a request for a key with 8 permissions, and the request and the answer "
        + "that renew one. Encoding makes a new buffer each time, decoding a new message. Counts the "
        + "allocations of both.",
      "With --peer it builds Tests/Peers/protobuf_codec.cc, which does the same with protobuf for "
        + "C++, and runs both in turn. The figures are medians.",
    ],
    examples: [
      Example("Beside protobuf for C++", "wirebench codec --peer")
    ],
    options: [
      Option("peer", .flag, "Measure protobuf for C++ too; in the directory of the package."),
      Option(
        "rounds", .value(.init("number", fallback: "9")), "How often to measure; odd is best."),
      .json,
    ])

  static func run(
    _ command: ParsedCommand, _ context: CommandContext, _ meter: ResourceMeter
  ) async throws {
    let rounds = try command.number("rounds", in: 1...1_000)
    let timer = CodecTimer(allocationCount: meter.allocationCount)
    let samples = try CodecSamples.all()
    let peer =
      command.flag("peer") ? try CodecPeer(samples, environment: context.environment) : nil
    var report = try CodecReport(samples, timer)
    for _ in 0..<rounds {
      try report.addRound(timer)
      if let peer { report.addRound(try peer.times()) }
    }
    try context.print(command.flag("json") ? "\(report.json)" : report.text(context.style))
  }
}

extension CodecReport {
  /// A report that has counted allocations and has no times yet.
  fileprivate init(_ samples: [any CodecSample], _ timer: CodecTimer) throws(WireError) {
    countsAllocations = timer.allocationCount() > 0
    for sample in samples {
      for way in CodecWay.allCases {
        let allocations = try timer.allocations { () throws(WireError) in try sample.run(way) }
        rows.append(Row(sample: sample, way: way, allocations: allocations))
      }
    }
  }

  fileprivate mutating func addRound(_ timer: CodecTimer) throws(WireError) {
    for index in rows.indices {
      let (sample, way) = (rows[index].sample, rows[index].way)
      let time = try timer.nanoseconds { () throws(WireError) in try sample.run(way) }
      rows[index].nanoseconds.append(time)
    }
  }

  fileprivate mutating func addRound(_ times: CodecPeer.Times) {
    for index in rows.indices {
      let row = rows[index]
      rows[index].peerNanoseconds += times[row.sample.name]?[row.way.rawValue].map { [$0] } ?? []
    }
  }
}
