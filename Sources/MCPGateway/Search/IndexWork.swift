/// Brings indexes up to date beside the event loops, one piece of work after another. A server that lists
/// thousands of tools, or long ones, would else keep every client waiting whose event loop has to do it.
package struct IndexWork: Sendable {
    let perform: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameter perform: Has work done, each piece after those that it was given before.
    package init(_ perform: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.perform = perform
    }

    /// Done at once, by whoever asks for it: where no event loop has to go on.
    package static let atOnce = IndexWork { $0() }
}
