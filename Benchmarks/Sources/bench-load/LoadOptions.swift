import BenchmarkKit

/// What the load generator is asked to do.
struct LoadOptions: Sendable {
    /// What is called.
    enum Method: String, Sendable {
        case call
        case list
    }

    /// What clients do that do not call.
    enum Held: Sendable {
        /// So many clients introduce themselves and leave it at that.
        case sessions(Int)
        /// So many have a stream open besides.
        case streams(Int)

        init?(_ arguments: Arguments) {
            let (sessions, streams) = (
                arguments.number("sessions", default: 0), arguments.number("streams", default: 0)
            )
            guard sessions + streams > 0 else { return nil }
            self = streams > 0 ? .streams(streams) : .sessions(sessions)
        }

        var count: Int {
            switch self {
            case .sessions(let count), .streams(let count): count
            }
        }
    }

    /// Which kinds of answers the clients take.
    enum Accept: String, Sendable {
        case both
        case json
        case event
    }

    /// What is called; clients are spread over them.
    let targets: [Target]
    let era: Era
    let method: Method
    let accept: Accept
    /// How many clients call at the same time.
    let clients: Int
    /// The length of a result, or how many tools are listed.
    let size: Int
    /// The tool that is called.
    let tool: String
    /// Whether the back end is asked to answer with an event stream.
    let wantsEvent: Bool
    /// Whether tools may be listed in other words than the server's, as long as all of them are: proxies that write
    /// lists anew cannot be compared byte by byte.
    let checksNamesOnly: Bool
    /// Whether the tools of a list are those of several servers, told apart by prefixes, so that they are only counted.
    let countsOnly: Bool
    /// How many calls are made before anything is counted.
    let warmUp: Int
    /// How many calls are measured; 0 for as many as the time allows. At a given rate only the time counts.
    let calls: Int
    let seconds: Double
    /// Calls per second; nil to call again as soon as an answer is there.
    let rate: Double?
    /// The processes whose processor time is told.
    let watched: [Int]
    /// What is opened and held, instead of calling; nil to call.
    let held: Held?

    init(_ arguments: Arguments) {
        targets = arguments.words.compactMap(Target.init(url:))
        guard !targets.isEmpty, targets.count == arguments.words.count else {
            Arguments.refuse("usage: bench-load http://127.0.0.1:PORT/PATH … [--era legacy|modern] [--clients N] …")
        }
        era = arguments.choice("era", default: .legacy)
        method = arguments.choice("method", default: .call)
        accept = arguments.choice("accept", default: .both)
        clients = max(1, arguments.number("clients", default: 1))
        size = arguments.number("size", default: 1_024)
        tool = arguments.text("tool") ?? "tool_0"
        wantsEvent = arguments.number("event", default: 0) > 0
        checksNamesOnly = arguments.number("names-only", default: 0) > 0
        countsOnly = arguments.number("count-only", default: 0) > 0
        warmUp = arguments.number("warm-up", default: 100)
        calls = arguments.number("calls", default: 0)
        seconds = arguments.seconds("seconds") ?? 1
        rate = arguments.seconds("rate")
        watched = (arguments.text("watch") ?? "").split(separator: ",").compactMap { Int($0) }
        held = Held(arguments)
    }
}
