import MCPCore
import NIOCore

/// One call that has been sent and not yet answered.
struct CallInFlight {
    let receiver: any ExchangeReceiver
    let method: Method
    let started: NIODeadline
    var lastSign: NIODeadline
    /// Whether it can be sent again, where that is safe.
    var mayBeRepeated: Bool
    let isOpenEnded: Bool
    /// What its client has sent in header fields for the server.
    let brought: BroughtFields?
}
