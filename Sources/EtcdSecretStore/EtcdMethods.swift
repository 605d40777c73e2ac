import GRPCCall

/// The methods of etcd's v3 API that are used here.
enum EtcdMethods {
  static let transaction = MethodDescriptor<TransactionRequest, TransactionResponse>(
    service: "etcdserverpb.KV", method: "Txn", kind: .unary)
  static let grantLease = MethodDescriptor<LeaseGrantRequest, LeaseGrantResponse>(
    service: "etcdserverpb.Lease", method: "LeaseGrant", kind: .unary)
  static let revokeLease = MethodDescriptor<LeaseRevokeRequest, LeaseRevokeResponse>(
    service: "etcdserverpb.Lease", method: "LeaseRevoke", kind: .unary)
  static let keepLeaseAlive = MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse>(
    service: "etcdserverpb.Lease", method: "LeaseKeepAlive", kind: .bidirectionalStreaming)
  static let watch = MethodDescriptor<WatchRequest, WatchResponse>(
    service: "etcdserverpb.Watch", method: "Watch", kind: .bidirectionalStreaming)
  static let authenticate = MethodDescriptor<AuthenticateRequest, AuthenticateResponse>(
    service: "etcdserverpb.Auth", method: "Authenticate", kind: .unary)
}
