/// Which servers are asked without a proxy: what `NO_PROXY` lists.
struct ProxyExceptions: Hashable, Sendable {
    private enum Place: Hashable {
        case everything
        case network(AddressNetwork)
        /// A name, in lower case, and all names that end with it behind a dot.
        case domain(String)
    }

    private struct Entry: Hashable {
        let place: Place
        /// nil for all.
        let port: Int?
    }

    private let entries: [Entry]

    /// Reads entries between commas or blanks. One that cannot be read is for no server.
    init(_ text: String) {
        entries = text.split { $0 == "," || $0 == " " || $0 == "\t" }.compactMap { Self.entry(Array($0.utf8)) }
    }

    /// Whether a server is listed. A name is not resolved for that: networks are for servers that are called by address.
    func contain(_ origin: HTTPOrigin) -> Bool {
        entries.contains { entry in
            guard entry.port ?? origin.port == origin.port else { return false }
            switch (entry.place, origin.host) {
            case (.everything, _): return true
            case (.network(let network), .address(let address)): return network.contains(address)
            case (.domain(let domain), .name(let name)): return Self.isName(name, in: domain)
            case (.network, .name), (.domain, .address): return false
            }
        }
    }

    private static func isName(_ name: String, in domain: String) -> Bool {
        let bare = name.utf8.last == UInt8(ascii: ".") ? name.utf8.dropLast() : name.utf8[...]
        let end = bare.suffix(domain.utf8.count)
        guard end.elementsEqual(domain.utf8) else { return false }
        return end.count == bare.count || bare.dropLast(end.count).last == UInt8(ascii: ".")
    }

    // MARK: Reading

    private static func entry(_ text: [UInt8]) -> Entry? {
        guard let (host, port) = parts(text) else { return nil }
        return place(host).map { Entry(place: $0, port: port) }
    }

    /// Takes the port off. Where there are several colons without brackets, it is an IPv6 address without one.
    private static func parts(_ text: [UInt8]) -> (host: [UInt8], port: Int?)? {
        let colon = UInt8(ascii: ":")
        var host = text[...]
        var rest: ArraySlice<UInt8> = []
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            (host, rest) = (text[1..<end], text[(end + 1)...])
        } else if let first = text.firstIndex(of: colon), text.lastIndex(of: colon) == first {
            (host, rest) = (text[..<first], text[first...])
        }
        guard let sign = rest.first else { return (Array(host), nil) }
        let digits = rest.dropFirst()
        guard sign == colon, (1...5).contains(digits.count), digits.allSatisfy(ASCII.isDigit) else { return nil }
        return (Array(host), digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) })
    }

    private static func place(_ host: [UInt8]) -> Place? {
        let star = UInt8(ascii: "*")
        let dot = UInt8(ascii: ".")
        if host == [star] { return .everything }
        if let network = network(String(decoding: host, as: UTF8.self)) { return .network(network) }
        var name = host.map(ASCII.lowercased)[...]
        if name.first == star { name = name.dropFirst() }
        if name.first == dot { name = name.dropFirst() }
        if name.last == dot { name = name.dropLast() }
        guard !name.isEmpty, !name.contains(star), !name.contains(UInt8(ascii: "/")) else { return nil }
        return .domain(String(decoding: name, as: UTF8.self))
    }

    /// Other programs bear bits beyond the prefix, so `10.1.2.3/8` is the network that it lies in.
    private static func network(_ text: String) -> AddressNetwork? {
        do {
            return try AddressNetwork(text)
        } catch {
            guard case .bitsBeyondPrefix(let whole) = error.code else { return nil }
            // What is suggested can be read.
            return try? AddressNetwork(whole)
        }
    }
}
