import CommandConsole

/// What connections cost on which nothing happens.
struct IdleReport {
  /// How many were open at once on the server, and its memory for each, in bytes.
  var connections: Int
  var serverBytes: Double
  /// How many of them the server still had open in the end.
  var stillOpen: Int
  /// Whether a call on a fresh connection was answered meanwhile.
  var didAnswer: Bool
  /// How many channels were open at once in one process, and its memory for each, in bytes.
  var channels: Int
  var clientBytes: Double

  var json: JSONObject {
    var object = JSONObject()
    object.add("connections", UInt64(connections))
    object.add("serverBytesPerConnection", .literal(serverBytes, decimals: 0))
    object.add("stillOpen", UInt64(stillOpen))
    object.add("answersMeanwhile", didAnswer)
    object.add("channels", UInt64(channels))
    object.add("clientBytesPerChannel", .literal(clientBytes, decimals: 0))
    return object
  }

  func text(_ style: Style) -> String {
    var rows = Rows()
    rows.add("Connections", "\(Double(connections).grouped(0)), \(stillOpen) open in the end")
    rows.add("Server", "\((serverBytes / 1_024).fixed(1)) KiB each")
    rows.add("Fresh call", didAnswer ? "answered" : "failed")
    rows.add("Channels", Double(channels).grouped(0))
    rows.add("Client", "\((clientBytes / 1_024).fixed(1)) KiB each")
    return rows.lines(style)
  }
}
