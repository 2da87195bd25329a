/// Who wants to hear when the configuration is read again.
package protocol ReloadListener: Sendable {
    /// The configuration is read again, until `reloaded`.
    func reloading()

    /// What has changed is in force, or nothing was changed.
    func reloaded()
}

/// All who want to hear.
package struct ReloadListeners: ReloadListener {
    private let all: [any ReloadListener]

    package init(_ all: [any ReloadListener]) {
        self.all = all
    }

    package func reloading() {
        for listener in all { listener.reloading() }
    }

    package func reloaded() {
        for listener in all { listener.reloaded() }
    }
}
