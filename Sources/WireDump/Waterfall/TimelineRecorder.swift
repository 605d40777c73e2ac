import WireCaptureModel

/// Makes the timelines of the calls of a capture, frame by frame.
struct TimelineRecorder: Sendable {
  struct Key: Hashable {
    var connection: Int
    var stream: UInt32
  }

  private struct Connection: Sendable {
    var windows = FlowWindows()
    /// Whether the capture has its beginning, without which windows are not known.
    var isWhole = false
    var began: UInt64?
    var serverSettings: UInt64?
    /// The streams that were over last.
    var closed: [UInt32] = []
  }

  private(set) var open: [Key: (timeline: Timeline, facts: CallFacts)] = [:]
  private var connections: [Int: Connection] = [:]
  private var frameCount: UInt64 = 0
  /// Whether positions are times; nil before the first frame.
  private(set) var hasTimes: Bool?
  private static let connectionLimit = 16_384
  private static let closedLimit = 256

  /// Takes a frame, or what several carry together.
  mutating func take(_ unit: Unit) {
    if !unit.isAssembled { frameCount += 1 }
    hasTimes = hasTimes ?? (unit.time != nil)
    let now = hasTimes ?? false ? unit.time ?? 0 : frameCount
    if connections.count >= Self.connectionLimit, connections[unit.connection] == nil { return }
    var connection = connections.removeValue(forKey: unit.connection) ?? Connection()
    defer { connections[unit.connection] = connection }
    if unit.stream == 0 {
      takeControl(unit, &connection, now)
    } else {
      takeStream(unit, &connection, now)
    }
  }

  private func takeControl(_ unit: Unit, _ connection: inout Connection, _ now: UInt64) {
    switch unit.item.kind {
    case "PREFACE":
      connection.isWhole = true
      connection.began = now
    case "SETTINGS":
      if unit.direction == .serverToClient, connection.serverSettings == nil {
        connection.serverSettings = now
      }
      for setting in unit.item.children where setting.number("id") == 4 {
        guard let size = setting.number("value") else { continue }
        connection.windows.setInitial(by: unit.direction, size, at: now)
      }
    case "WINDOW_UPDATE":
      connection.windows.update(
        by: unit.direction, unit.item.number("increment") ?? 0, stream: 0, at: now)
    default: break
    }
  }

  private mutating func takeStream(
    _ unit: Unit, _ connection: inout Connection, _ now: UInt64
  ) {
    let key = Key(connection: unit.connection, stream: unit.stream)
    let begins = ["HEADERS", "DATA", "block"].contains(unit.item.kind)
    if open[key] == nil {
      // What comes late for a stream that is over begins no call.
      guard begins, !connection.closed.contains(unit.stream) else { return }
      open[key] = (begin(key, connection, now), CallFacts())
    }
    guard var call = open.removeValue(forKey: key) else { return }
    defer { open[key] = call }
    _ = call.facts.take(unit)
    call.timeline.path = call.facts.path
    switch unit.item.kind {
    case "HEADERS": takeHeaders(unit, &call.timeline, now)
    case "DATA": takeData(unit, &call.timeline, &connection, now)
    case "RST_STREAM": call.timeline.reset = call.timeline.reset ?? now
    case "WINDOW_UPDATE":
      connection.windows.update(
        by: unit.direction, unit.item.number("increment") ?? 0, stream: unit.stream, at: now)
    default: break
    }
    if unit.item.layer == .http2, unit.item.has(flag: "END_STREAM") {
      call.timeline[unit.direction].end = now
    }
  }

  private func begin(_ key: Key, _ connection: Connection, _ now: UInt64) -> Timeline {
    var timeline = Timeline(connection: key.connection, stream: key.stream, start: now)
    if key.stream == 1, let began = connection.began, let settings = connection.serverSettings,
      settings > began
    {
      timeline.add(Stall(reason: .settings, start: began, end: settings))
    }
    return timeline
  }

  private func takeHeaders(_ unit: Unit, _ timeline: inout Timeline, _ now: UInt64) {
    let side = timeline[unit.direction]
    if side.headers == nil {
      timeline[unit.direction].headers = now
      // A response may be nothing but trailers (gRPC over HTTP/2, Trailers-Only).
      guard unit.direction == .serverToClient, unit.item.has(flag: "END_STREAM") else { return }
    }
    timeline[unit.direction].trailers = now
  }

  private func takeData(
    _ unit: Unit, _ timeline: inout Timeline, _ connection: inout Connection, _ now: UInt64
  ) {
    let count = unit.item.number("length") ?? 0
    let last = timeline[unit.direction].lastData ?? timeline[unit.direction].headers
    let stalls = connection.windows.sent(
      unit.direction, count, stream: unit.stream, since: last, at: now)
    if connection.isWhole { for stall in stalls { timeline.add(stall) } }
    timeline[unit.direction].dataCount += count
    timeline[unit.direction].firstData = timeline[unit.direction].firstData ?? now
    timeline[unit.direction].lastData = now
  }

  /// A call is over, or nothing more is known of it.
  mutating func finish(_ record: CallRecord) -> (timeline: Timeline, facts: CallFacts)? {
    let key = Key(connection: record.connection, stream: record.stream)
    guard var call = open.removeValue(forKey: key) else { return nil }
    connections[key.connection]?.closed.append(key.stream)
    if connections[key.connection]?.closed.count ?? 0 > Self.closedLimit {
      connections[key.connection]?.closed.removeFirst(Self.closedLimit / 2)
    }
    call.facts.take(record)
    call.timeline.path = call.timeline.path ?? record.path
    call.timeline.status = record.status
    let waiting = [CaptureDirection.clientToServer, .serverToClient]
      .filter { call.timeline[$0].end == nil }
    let stalls = connections[key.connection]?.windows.close(
      key.stream, open: waiting, at: call.timeline.end)
    if connections[key.connection]?.isWhole ?? false {
      for stall in stalls ?? [] { call.timeline.add(stall) }
    }
    return call
  }
}
