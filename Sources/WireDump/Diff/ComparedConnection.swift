import WireCaptureModel

/// What differs between any two runs of the same calls, and is left out of a comparison unless it is
/// asked for.
package enum Noise: String, Sendable, CaseIterable {
  /// PING frames.
  case ping
  /// WINDOW_UPDATE frames.
  case window
  /// The acknowledgements of SETTINGS.
  case settingsAck = "settings-ack"
  /// When things came, `grpc-timeout`, which is what is left of a deadline, and `date`.
  case time
  /// The port of `:authority`.
  case port
  /// How messages are split into DATA frames.
  case data
  /// How header fields are written.
  case hpack
}

/// A value in a frame or a message, and where it stands.
struct ComparedField: Sendable {
  var name: String
  var value: String
  var offset: UInt64
}

/// A frame, a header block or a message.
struct ComparedElement: Sendable {
  /// What is the same in two elements that may be compared field by field.
  struct Content: Hashable {
    var kind: String
    var fields: [[String]]
  }

  var kind: String
  var offset: UInt64
  var frame: Int
  var fields: [ComparedField]

  var content: Content {
    Content(kind: kind, fields: fields.map { [$0.name, $0.value] })
  }
}

/// One direction of a stream, or of the connection itself.
struct ComparedSide: Sendable {
  var elements: [ComparedElement] = []
  /// Where END_STREAM stands.
  var end: ComparedElement?

  /// All that is compared, in its order.
  var all: [ComparedElement] { elements + [end].compactMap(\.self) }
}

struct ComparedStream: Sendable {
  var number: UInt32
  var path: String?
  var client = ComparedSide()
  var server = ComparedSide()

  subscript(direction: CaptureDirection) -> ComparedSide {
    get { direction == .clientToServer ? client : server }
    _modify {
      if direction == .clientToServer { yield &client } else { yield &server }
    }
  }
}

/// A connection as it is compared: its streams in the order in which they begin; stream 0 is first.
struct ComparedConnection: Sendable {
  var streams: [ComparedStream] = [ComparedStream(number: 0)]
  private var places: [UInt32: Int] = [0: 0]

  /// Where a stream stands; a new one comes last.
  mutating func place(of stream: UInt32) -> Int {
    if let place = places[stream] { return place }
    places[stream] = streams.count
    streams.append(ComparedStream(number: stream))
    return streams.count - 1
  }
}

/// All that is compared of one of the two inputs.
package struct ComparedRecording: DumpOutput {
  package var lines = OutputLines()
  private(set) var connections: [Int: ComparedConnection] = [:]
  private let included: Set<Noise>
  private let redactor: Redactor

  package init(including included: Set<Noise>, _ context: DumpContext) {
    self.included = included
    redactor = context.redactor
  }

  package mutating func note(_ text: String, offset: UInt64) {}

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    let reader = ElementReader(
      unit: unit, bytes: bytes.bytes(0..<bytes.count), included: included, redactor: redactor)
    var connection = connections.removeValue(forKey: unit.connection) ?? ComparedConnection()
    let place = connection.place(of: unit.stream)
    connection.streams[place][unit.direction].elements += reader.elements
    if let end = reader.end { connection.streams[place][unit.direction].end = end }
    if let path = reader.path { connection.streams[place].path = path }
    connections[unit.connection] = connection
  }
}
