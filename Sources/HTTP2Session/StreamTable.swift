/// The slots of a session's streams: dense, used again after a close, each naming its stream, so
/// that a handle of a stream that has closed is told from its successor's.
struct StreamTable {
  struct Slot {
    /// 0 in a free slot: no stream has that identifier.
    var id: Int32 = 0
    var body = OutboundBody()
    /// Bytes of the header block in progress, counted as RFC 9113 §6.5.2 does.
    var headerListSize = 0
    var headerListIsTooLarge = false
    var resetByPeer = false
  }

  private var slots: [Slot] = []
  private var free: [Int] = []

  /// Streams open now.
  var count: Int { slots.count - free.count }

  var handles: [StreamHandle] {
    slots.indices.filter { slots[$0].id != 0 }.map { StreamHandle(id: slots[$0].id, slot: $0) }
  }

  /// The slot that the next stream will get.
  mutating func reserve() -> Int {
    if let slot = free.popLast() { return slot }
    slots.append(Slot())
    return slots.count - 1
  }

  mutating func occupy(_ slot: Int, id: Int32) -> StreamHandle {
    slots[slot].id = id
    return StreamHandle(id: id, slot: slot)
  }

  /// Frees a slot, whether or not a stream ever came to be in it.
  mutating func release(_ slot: Int) {
    slots[slot] = Slot()
    free.append(slot)
  }

  func contains(_ handle: StreamHandle) -> Bool {
    slots.indices.contains(handle.slot) && slots[handle.slot].id == handle.id
  }

  /// The handle of a stream by its identifier alone: a search, for the rare paths.
  func find(id: Int32) -> StreamHandle? {
    slots.firstIndex { $0.id == id }.map { StreamHandle(id: id, slot: $0) }
  }

  subscript(_ slot: Int) -> Slot {
    _read { yield slots[slot] }
    _modify { yield &slots[slot] }
  }
}
