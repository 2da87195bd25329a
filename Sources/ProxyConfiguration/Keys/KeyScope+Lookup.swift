extension KeyScope {
    /// The key with exactly this name.
    func key(named name: String) -> KnownKey? {
        Self.byName[self]?[name]
    }

    /// The key with this name in whatever case, as the Go program's decoder matches them.
    func key(ignoringCaseOf name: String) -> KnownKey? {
        Self.byLoweredName[self]?[name.lowercased()]
    }

    private static let byName = index { $0 }
    private static let byLoweredName = index { $0.lowercased() }

    private static func index(_ form: (String) -> String) -> [KeyScope: [String: KnownKey]] {
        var index: [KeyScope: [String: KnownKey]] = [:]
        for scope in allCases {
            for key in scope.keys { index[scope, default: [:]][form(key.name)] = key }
        }
        return index
    }

    /// Whether the key is left to the author: names beginning with `x-` at the top are a place for YAML anchors.
    func leavesToAuthor(_ name: String) -> Bool {
        self == .document && name.hasPrefix("x-")
    }

    /// What to do about a key that is not known here: where it belongs, or which key was meant.
    func suggestion(forUnknown name: String) -> String {
        for key in keys {
            guard case .object(let inner) = key.shape, inner.key(ignoringCaseOf: name) != nil else { continue }
            return "Move it into \"\(key.name)\""
        }
        if let near = nearestKey(to: name, in: keys.map(\.name)) {
            return "Did you mean \"\(near)\"?"
        }
        return "Remove it; it has no effect"
    }
}
