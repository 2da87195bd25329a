import Addresses
import FuzzSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main enum AddressesFuzzer {
    static func main() {
        runFuzzer(fuzzAddresses)
    }
}

/// Reads bytes as an address, a network, a URL, a reference, and the names of a certificate: the first line is what they
/// are held against, the others are the names.
private func fuzzAddresses(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    checkAddress(text)
    checkNetwork(text)
    checkURL(text)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    checkNames(String(decoding: lines.first ?? [], as: UTF8.self), lines.dropFirst().map(Array.init))
}

private func checkAddress(_ text: String) {
    let address = IPAddress(text)
    precondition((address != nil) == isAddressForTheSystem(text), "what we read is what the system reads")
    guard let address else { return }
    precondition(IPAddress(address.description) == address, "what is written is read back")
    precondition(address.bytes.count * 8 == address.width)
    precondition(address.embedded.allSatisfy { $0.width == 32 })
    _ = address.isPublic
}

/// The system's own reader, which ends at a NUL.
private func isAddressForTheSystem(_ text: String) -> Bool {
    guard !text.utf8.contains(0) else { return false }
    var room: (UInt64, UInt64) = (0, 0)
    return unsafe inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1
}

private func checkNetwork(_ text: String) {
    do throws(AddressNetworkError) {
        let network = try AddressNetwork(text)
        precondition(network.contains(network.address))
        precondition((0...network.address.width).contains(network.prefix))
        let again = try AddressNetwork(network.description)
        precondition(again == network, "what is written is read back")
    } catch {
        precondition(!error.problem.isEmpty && !error.remedy.isEmpty)
        switch error.code {
        case .bitsBeyondPrefix(let meant), .ipv4InIPv6Form(let meant):
            precondition((try? AddressNetwork(meant)) != nil, "what is suggested is a network")
        case .notAnAddress, .prefix: break
        }
    }
}

private func checkURL(_ text: String) {
    let base = HTTPURL(
        origin: HTTPOrigin(scheme: .https, host: .name("a.example"), port: 8_443), target: "/b/c?d")
    if let url = try? base.resolving(text) { checkParts(url) }
    do throws(HTTPURLError) {
        let url = try HTTPURL(text)
        checkParts(url)
        if case .name(let name) = url.origin.host {
            precondition(IPAddress(name) == nil, "no name is an address")
            precondition(unsafe inet_aton(name, nil) == 0, "nor what old readers take for one")
        }
    } catch {
        precondition(!error.problem.isEmpty && !error.remedy.isEmpty)
    }
}

private func checkParts(_ url: HTTPURL) {
    precondition(url.target.first == "/", "a target is a path")
    precondition((1...65_535).contains(url.origin.port))
    let line = url.target + url.origin.authority
    precondition(line.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }, "stands in one line")
    precondition((try? HTTPURL(url.origin.description + url.target)) == url, "what is written is read back")
}

private func checkNames(_ asked: String, _ presented: [[UInt8]]) {
    var names = CertificateNames()
    names.names = presented
    names.addresses = presented
    precondition(names.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "shown in one line")
    guard let url = try? HTTPURL("https://\(asked)/") else { return }
    if names.match(url.origin.host) {
        switch url.origin.host {
        case .address(let address): precondition(presented.contains(address.bytes))
        case .name(let name):
            let suffix = name.utf8.drop { $0 != UInt8(ascii: ".") }
            let isNamed = presented.contains { isSame($0[...], Array(name.utf8)[...]) }
            let isUnderWildcard = presented.contains { own in
                own.first == UInt8(ascii: "*") && isSame(own.dropFirst(), Array(suffix)[...])
            }
            precondition(isNamed || isUnderWildcard, "nothing else is a match")
        }
    }
}

/// The same but for case and the dot of the root.
private func isSame(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    func bare(_ text: ArraySlice<UInt8>) -> [UInt8] {
        (text.last == UInt8(ascii: ".") ? text.dropLast() : text).map(ASCII.lowercased)
    }
    return bare(left) == bare(right)
}
