package import WireCaptureModel

/// Something in which two recordings differ.
package struct Difference: Sendable {
  /// What one of the recordings has.
  package struct Side: Sendable, Equatable {
    package var value: String
    package var offset: UInt64
    package var frame: Int
    package var stream: UInt32
  }

  package var connection: Int
  /// The call; nil for what concerns the connection.
  package var path: String?
  package var direction: CaptureDirection
  /// The frame, header block or message, such as `message 2`; nil for a whole call or connection.
  package var element: String?
  /// The name of the field, or the names that lead to it; nil for a whole element.
  package var field: String?
  /// Nil for what only the other one has.
  package var a: Side?
  package var b: Side?
}

/// Compares two recordings: connections in their order, streams by path and order, and then what
/// each direction of them says.
package struct Comparison {
  package private(set) var differences: [Difference] = []

  package init(_ a: ComparedRecording, _ b: ComparedRecording) {
    let (first, second) = (a.connections.keys.sorted(), b.connections.keys.sorted())
    for place in 0..<max(first.count, second.count) {
      let one = place < first.count ? a.connections[first[place]] : nil
      let other = place < second.count ? b.connections[second[place]] : nil
      if let one, let other {
        compare(one, other, place)
      } else {
        var difference = Difference(connection: place, direction: .clientToServer)
        let streams = (one ?? other)?.streams.count ?? 1
        let side = Difference.Side(
          value: "a connection of \(streams - 1) streams", offset: 0, frame: 0, stream: 0)
        if one == nil { difference.b = side } else { difference.a = side }
        differences.append(difference)
      }
    }
  }

  private mutating func compare(
    _ a: ComparedConnection, _ b: ComparedConnection, _ connection: Int
  ) {
    var waiting: [String: [ComparedStream]] = [:]
    for stream in b.streams.reversed() { waiting[stream.key, default: []].append(stream) }
    for stream in a.streams {
      if let other = waiting[stream.key]?.popLast() {
        compare(stream, other, connection)
      } else {
        addStream(stream, connection, isOfA: true)
      }
    }
    let left = Set(waiting.values.joined().map(\.number))
    for stream in b.streams where left.contains(stream.number) {
      addStream(stream, connection, isOfA: false)
    }
  }

  private mutating func addStream(_ stream: ComparedStream, _ connection: Int, isOfA: Bool) {
    let first = stream.client.all.first ?? stream.server.all.first
    let side = Difference.Side(
      value: "a call", offset: first?.offset ?? 0, frame: first?.frame ?? 0, stream: stream.number)
    differences.append(
      Difference(
        connection: connection, path: stream.key, direction: .clientToServer,
        a: isOfA ? side : nil, b: isOfA ? nil : side))
  }

  private mutating func compare(
    _ a: ComparedStream, _ b: ComparedStream, _ connection: Int
  ) {
    for direction in [CaptureDirection.clientToServer, .serverToClient] {
      let place = StreamPlace(
        connection: connection, path: a.number == 0 ? nil : a.key, direction: direction,
        streams: (a.number, b.number))
      differences += place.differences(a[direction].all, b[direction].all)
    }
  }
}

extension ComparedStream {
  fileprivate var key: String { number == 0 ? "" : path ?? "a stream without a path" }
}

/// One direction of two streams that belong together.
private struct StreamPlace {
  let connection: Int
  let path: String?
  let direction: CaptureDirection
  let streams: (a: UInt32, b: UInt32)

  func differences(_ a: [ComparedElement], _ b: [ComparedElement]) -> [Difference] {
    let steps = Alignment(a.map(\.content), b.map(\.content)).steps
    guard !steps.allSatisfy({ if case .same = $0 { true } else { false } }) else { return [] }
    let (a, b) = (Self.labelled(a), Self.labelled(b))
    var found: [Difference] = []
    var (removed, added): ([Int], [Int]) = ([], [])
    for step in steps {
      switch step {
      case .removed(let place): removed.append(place)
      case .added(let place): added.append(place)
      case .same:
        found += changes(removed, added, a, b)
        (removed, added) = ([], [])
      }
    }
    return found + changes(removed, added, a, b)
  }

  /// Of the elements between two that are the same, those of a kind are compared in their order.
  private func changes(
    _ removed: [Int], _ added: [Int], _ a: [Labelled], _ b: [Labelled]
  ) -> [Difference] {
    var found: [Difference] = []
    var added = added
    for place in removed {
      let (label, element) = a[place]
      if let match = added.firstIndex(where: { b[$0].element.kind == element.kind }) {
        found += fields(element, b[added.remove(at: match)].element, label)
      } else {
        found.append(difference(label, nil, side(element, streams.a), nil))
      }
    }
    return found + added.map { difference(b[$0].label, nil, nil, side(b[$0].element, streams.b)) }
  }

  private func fields(
    _ a: ComparedElement, _ b: ComparedElement, _ label: String
  ) -> [Difference] {
    let (first, second) = (Self.byName(a), Self.byName(b))
    let names = a.fields.map(\.name) + b.fields.map(\.name).filter { first[$0] == nil }
    return names.compactMap { name in
      guard first[name]?.value != second[name]?.value else { return nil }
      return difference(
        label, name, first[name].map { side($0, a, streams.a) },
        second[name].map { side($0, b, streams.b) })
    }
  }

  private static func byName(_ element: ComparedElement) -> [String: ComparedField] {
    Dictionary(element.fields.map { ($0.name, $0) }) { first, _ in first }
  }

  private func side(
    _ field: ComparedField, _ element: ComparedElement, _ stream: UInt32
  ) -> Difference.Side {
    .init(value: field.value, offset: field.offset, frame: element.frame, stream: stream)
  }

  private func side(_ element: ComparedElement, _ stream: UInt32) -> Difference.Side {
    let fields = element.fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return .init(
      value: fields.isEmpty ? element.kind : fields, offset: element.offset,
      frame: element.frame, stream: stream)
  }

  private typealias Labelled = (label: String, element: ComparedElement)

  /// Each with its kind and, where there are several of it, which one it is.
  private static func labelled(_ elements: [ComparedElement]) -> [Labelled] {
    var counts: [String: Int] = [:]
    for element in elements { counts[element.kind, default: 0] += 1 }
    var next: [String: Int] = [:]
    return elements.map { element in
      guard counts[element.kind] ?? 0 > 1 else { return (element.kind, element) }
      let number = (next[element.kind] ?? 0) + 1
      next[element.kind] = number
      return ("\(element.kind) \(number)", element)
    }
  }

  private func difference(
    _ element: String, _ field: String?, _ a: Difference.Side?, _ b: Difference.Side?
  ) -> Difference {
    Difference(
      connection: connection, path: path, direction: direction, element: element, field: field,
      a: a, b: b)
  }
}
