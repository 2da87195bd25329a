/// Says where in the proxy the dashboard is, the page on which people see and manage it.
enum DashboardPath: Equatable, Sendable {
    /// The page without the slash behind it, from which its files would not be found.
    case withoutSlash
    case page
    /// One of its files, by its name.
    case file(String)

    private static let root = "/ui"

    /// Reads a decoded path; nil when it is none of them.
    ///
    /// - Parameter prefix: The path of the base URL. A reverse proxy may have taken it away, so it may be missing.
    init?(_ path: String, prefix: String) {
        guard let root = [prefix + Self.root, Self.root].first(where: { path.utf8.starts(with: $0.utf8) }),
            let rest = String(path.utf8.dropFirst(root.utf8.count))
        else { return nil }
        if rest.isEmpty {
            self = .withoutSlash
        } else if rest.utf8.elementsEqual("/".utf8) {
            self = .page
        } else if rest.utf8.first == UInt8(ascii: "/"), let name = String(rest.utf8.dropFirst()) {
            self = .file(name)
        } else {
            return nil
        }
    }
}
