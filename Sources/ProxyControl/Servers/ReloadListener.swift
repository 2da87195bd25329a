/// Who wants to hear when the configuration is read again.
package protocol ReloadListener: Sendable {
    /// The configuration is read again, until `reloaded`.
    func reloading()

    /// What has changed is in force, or nothing was changed.
    func reloaded()
}
