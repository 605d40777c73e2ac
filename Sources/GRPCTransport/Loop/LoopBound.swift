/// Holds something that belongs to a loop's thread, so that others can carry it there.
///
/// `@unchecked Sendable`: the value is reachable only with a `LoopCore` in hand, which exists on
/// its loop's thread alone; the holder is made with the loop that the value belongs to, and its
/// users submit to that loop.
final class LoopBound<Value: AnyObject>: @unchecked Sendable {
  let loop: EventLoop
  private let content: Value

  init(_ value: Value, on loop: EventLoop) {
    self.loop = loop
    content = value
  }

  func value(on core: LoopCore) -> Value { content }

  /// Runs `body` with the value on its loop.
  func submit(_ body: @escaping @Sendable (Value, LoopCore) -> Void) {
    loop.submit(ClosureTask { core in body(self.content, core) })
  }
}

/// A closure as a loop's task, for paths where its allocation does not matter.
final class ClosureTask: LoopTask {
  private let body: @Sendable (LoopCore) -> Void

  init(_ body: @escaping @Sendable (LoopCore) -> Void) {
    self.body = body
  }

  func run(on core: LoopCore) { body(core) }
}
