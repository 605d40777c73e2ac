import CommandConsole
import GRPCTransport

/// What `wirebench call` has measured.
struct CallReport {
  /// From the start to the end of the first call, in milliseconds.
  struct FirstResponse {
    var sinceSpawn: Double
    var sinceMain: Double

    init(_ start: ProcessStart, at now: UInt64) {
      sinceSpawn = Double(now &- start.spawned) / 1e6
      sinceMain = Double(now &- start.main) / 1e6
    }
  }

  var options: LoadOptions
  var firstResponse: FirstResponse
  /// Nil where one call was all.
  var load: ClosedLoop.Result?
  var peakMemory: UInt64

  /// Every figure by its name, in the order in which to show them.
  private var figures: [(name: String, value: Double, decimals: Int)] {
    var figures: [(String, Double, Int)] = []
    if let load {
      let usage = load.usage
      let calls = Double(load.latencies.count)
      let seconds = Double(usage.nanoseconds) / 1e9
      func perCall(_ number: UInt64) -> Double { calls > 0 ? Double(number) / calls : 0 }
      func latency(_ part: Double) -> Double { Double(load.latencies.percentile(part)) / 1e3 }
      figures = [
        ("calls", calls, 0), ("errors", Double(load.errors), 0), ("seconds", seconds, 3),
        ("callsPerSecond", seconds > 0 ? calls / seconds : 0, 0),
        ("p50Microseconds", latency(0.5), 1), ("p90Microseconds", latency(0.9), 1),
        ("p99Microseconds", latency(0.99), 1), ("p999Microseconds", latency(0.999), 1),
        ("maxMicroseconds", Double(load.latencies.maximum) / 1e3, 1),
        ("cpuMicrosecondsPerCall", perCall(usage.cpuMicroseconds), 3),
        ("userMicrosecondsPerCall", perCall(usage.userMicroseconds), 3),
        ("systemMicrosecondsPerCall", perCall(usage.systemMicroseconds), 3),
        ("allocationsPerCall", perCall(usage.allocations), 3),
        ("voluntarySwitchesPerCall", perCall(usage.voluntarySwitches), 4),
        ("involuntarySwitchesPerCall", perCall(usage.involuntarySwitches), 4),
      ]
    }
    return figures + [
      ("peakMemoryKB", Double(peakMemory), 0),
      ("firstResponseMilliseconds", firstResponse.sinceSpawn, 2),
      ("firstResponseSinceMainMilliseconds", firstResponse.sinceMain, 2),
    ]
  }

  var json: JSONObject {
    var object = JSONObject()
    object.add("via", options.face.rawValue)
    object.add("tls", options.trustRoots != nil)
    object.add("inFlight", UInt64(options.inFlight))
    object.add("connections", UInt64(options.connections))
    object.add("loops", UInt64(options.loops))
    object.add("onLoop", options.runsOnLoop)
    for figure in figures {
      object.add(figure.name, .literal(figure.value, decimals: figure.decimals))
    }
    return object
  }

  func text(_ style: Style) -> String {
    let width = figures.map { $0.value.fixed($0.decimals).count }.max() ?? 0
    var rows = Rows()
    for figure in figures {
      rows.add(figure.name, figure.value.fixed(figure.decimals).leftPadded(to: width))
    }
    return rows.lines(style)
  }
}
