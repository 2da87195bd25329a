import NIOHTTP1

/// Says how the requests of one link go to its server: over these connections, showing what this authority says.
struct RequestWay {
    let pool: HTTPConnectionPool
    private(set) var authority: (any RequestAuthority)?

    /// Sends requests for one caller from now on.
    mutating func isOnBehalf(of caller: String) {
        authority = authority?.onBehalf(of: caller)
    }

    /// Returns what requests with these fields show that nobody else is to read, in all the ways in which servers repeat it.
    func secrets(_ fields: RequestFields, _ brought: BroughtFields?) -> [String] {
        var request = HTTPUpstreamRequest(method: .POST, target: "", fields: fields.bringing(brought))
        request.authorization = authority?.shown?.field
        return request.secrets
    }

    /// Sends a request. The receiver hears nothing before this returns.
    func send(_ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver) -> HTTPExchange {
        pool.send(request, receiver, by: authority)
    }
}
