import WireCaptureModel

/// An order in which the two directions of a connection may have come, where nothing but their bytes is
/// known: what answers something comes after it.
enum StreamInterleaving {
  /// Runs of bytes that are whole frames, of both directions.
  static func chunks(client: [UInt8], server: [UInt8]) -> [Recording.Chunk] {
    let requests = FrameRuns(client)
    let responses = FrameRuns(server)
    var order: [Recording.Chunk] = []
    var next = 0
    func takeRequests(through last: Int) {
      while next <= last, next < requests.runs.count {
        order.append(.init(direction: .clientToServer, count: requests.runs[next].range.count))
        next += 1
      }
    }
    for (index, run) in responses.runs.enumerated() {
      // A server begins to speak when the client has sent its preface and its SETTINGS.
      takeRequests(through: index == 0 ? 1 : -1)
      if let needed = requests.cause(of: run) { takeRequests(through: needed) }
      order.append(.init(direction: .serverToClient, count: run.range.count))
      while next < requests.runs.count, responses.acknowledged(by: requests.runs[next]) == index {
        takeRequests(through: next)
      }
    }
    takeRequests(through: requests.runs.count)
    return order
  }
}

/// The frames of one direction, and what in it the other direction may answer.
private struct FrameRuns {
  /// A frame, or bytes that are none.
  struct Run {
    var range: Range<Int>
    var header: FrameHeader?
    /// How many frames of the same type and stream came before; of SETTINGS, with the same flag.
    var ordinal = 0
    /// The content of a PING.
    var ping: [UInt8] = []
  }

  private struct Key: Hashable {
    var type: FrameType
    var stream: UInt32
    var isAcknowledgement: Bool
  }

  private(set) var runs: [Run] = []
  private var places: [Key: [Int]] = [:]
  private var ends: [UInt32: Int] = [:]
  private var pings: [[UInt8]: Int] = [:]

  init(_ bytes: [UInt8]) {
    var position = 0
    if bytes.starts(with: FrameScanner.preface) {
      position = FrameScanner.preface.count
    } else if bytes.count >= FrameHeader.size, !FrameHeader(bytes.span, at: 0).isPlausible {
      position = FrameScanner.resynchronise(bytes.span, from: 0) ?? bytes.count
    }
    if position > 0 { runs.append(Run(range: 0..<position)) }
    while position + FrameHeader.size <= bytes.count {
      let header = FrameHeader(bytes.span, at: position)
      let end = min(bytes.count, position + FrameHeader.size + header.length)
      add(header, bytes, position..<end)
      position = end
    }
    if position < bytes.count { runs.append(Run(range: position..<bytes.count)) }
  }

  private mutating func add(_ header: FrameHeader, _ bytes: [UInt8], _ range: Range<Int>) {
    var run = Run(range: range, header: header)
    if let key = Self.key(header) {
      run.ordinal = places[key]?.count ?? 0
      places[key, default: []].append(runs.count)
    }
    if header.type == .ping {
      run.ping = Array(bytes[range].dropFirst(FrameHeader.size))
      if !header.has(1) { pings[run.ping] = runs.count }
    }
    if header.type == .data || header.type == .headers, header.has(1) {
      ends[header.stream] = runs.count
    }
    runs.append(run)
  }

  private static func key(_ header: FrameHeader) -> Key? {
    header.type.map {
      Key(type: $0, stream: header.stream, isAcknowledgement: $0 == .settings && header.has(1))
    }
  }

  private func places(_ type: FrameType, _ stream: UInt32) -> [Int] {
    places[Key(type: type, stream: stream, isAcknowledgement: false)] ?? []
  }

  /// The last of these frames that must have come before one of the other direction.
  func cause(of run: Run) -> Int? {
    guard let header = run.header else { return nil }
    if let acknowledged = acknowledged(by: run) { return acknowledged }
    var causes = [places(.headers, header.stream).first]
    switch header.type {
    case .headers where run.ordinal == 0: causes.append(places(.data, header.stream).first)
    case .data:
      let data = places(.data, header.stream)
      causes.append(data.isEmpty ? nil : data[min(run.ordinal, data.count - 1)])
    case .headers, .rstStream: break
    default: return nil
    }
    if header.has(1), header.type != .rstStream { causes.append(ends[header.stream]) }
    return causes.compactMap(\.self).max()
  }

  /// The one of these frames that a frame of the other direction acknowledges.
  func acknowledged(by run: Run) -> Int? {
    guard let header = run.header, header.has(1) else { return nil }
    switch header.type {
    case .settings:
      let settings = places(.settings, 0)
      return run.ordinal < settings.count ? settings[run.ordinal] : nil
    case .ping: return pings[run.ping]
    default: return nil
    }
  }
}
