/// How a call ended for the client.
package struct CallOutcome: Sendable, Equatable {
  package var status: Status
  /// The trailers; those of a trailers-only response hold its headers.
  package var trailers: Metadata
  /// Who has to act; without meaning when the status is OK.
  package var fault: Fault
  package var delivery: Delivery
  /// Whether the peer does not know yet that the call is over: the transport sends RST_STREAM.
  package var mustReset: Bool

  package init(
    status: Status, trailers: Metadata = Metadata(), fault: Fault, delivery: Delivery,
    mustReset: Bool = false
  ) {
    self.status = status
    self.trailers = trailers
    self.fault = fault
    self.delivery = delivery
    self.mustReset = mustReset
  }
}
