import BenchmarkKit

/// What the load generator is asked to do.
struct LoadOptions: Sendable {
    /// What is called.
    enum Method: String, Sendable {
        case call
        case list
    }

    /// Which kinds of answers the clients take.
    enum Accept: String, Sendable {
        case both
        case json
        case event
    }

    let host: String
    let port: Int
    let path: String
    let era: Era
    let method: Method
    let accept: Accept
    /// How many clients call at the same time.
    let clients: Int
    /// The length of a result, or how many tools are listed.
    let size: Int
    /// Whether the back end is asked to answer with an event stream.
    let wantsEvent: Bool
    /// How many calls are made before anything is counted.
    let warmUp: Int
    /// How many calls are measured; 0 for as many as the time allows.
    let calls: Int
    let seconds: Double
    /// Calls per second; nil to call again as soon as an answer is there.
    let rate: Double?
    /// The processes whose processor time is told.
    let watched: [Int]
    /// How many streams are opened and held, instead of calling.
    let streams: Int

    init(_ arguments: Arguments) {
        let url = arguments.words.first ?? ""
        guard url.hasPrefix("http://"), let authorityEnd = url.dropFirst(7).firstIndex(of: "/") else {
            Arguments.refuse("usage: bench-load http://127.0.0.1:PORT/PATH [--era legacy|modern] [--clients N] …")
        }
        let authority = url.dropFirst(7)[..<authorityEnd].split(separator: ":")
        host = authority.first.map(String.init) ?? "127.0.0.1"
        port = authority.count > 1 ? Int(authority[1]) ?? 80 : 80
        path = String(url[authorityEnd...])
        era = arguments.choice("era", default: .legacy)
        method = arguments.choice("method", default: .call)
        accept = arguments.choice("accept", default: .both)
        clients = max(1, arguments.number("clients", default: 1))
        size = arguments.number("size", default: 1_024)
        wantsEvent = arguments.number("event", default: 0) > 0
        warmUp = arguments.number("warm-up", default: 100)
        calls = arguments.number("calls", default: 0)
        seconds = arguments.seconds("seconds") ?? 1
        rate = arguments.seconds("rate")
        watched = (arguments.text("watch") ?? "").split(separator: ",").compactMap { Int($0) }
        streams = arguments.number("streams", default: 0)
    }
}
