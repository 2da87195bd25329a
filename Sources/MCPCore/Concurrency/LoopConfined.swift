public import NIOCore

/// An object whose variables belong to one event loop: what runs elsewhere may pass it on, and may not touch it.
///
/// That is what makes `@unchecked Sendable` true. Swift demands those words of each class that has variables, and takes
/// them from nobody else; they are checked here in its place. Each way into a confined object begins with
/// `checkConfinement`, so that debug builds, and with them the tests, stop at the first one that is entered from another
/// thread.
///
/// Usable from inlined code: of a protocol that is not, nothing is inlined in other modules, and a check would be a call.
@usableFromInline
package protocol LoopConfined: AnyObject, Sendable {
    /// The event loop to which the variables belong. May be asked on any thread.
    var eventLoop: any EventLoop { get }
}

extension LoopConfined {
    /// Stops a debug build unless the event loop is the current one. In release builds nothing is left of it.
    @inlinable
    package func checkConfinement(file: StaticString = #fileID, line: UInt = #line) {
        assert(
            eventLoop.inEventLoop, "\(Self.self) was entered on another thread than that of its event loop",
            file: file, line: line)
    }

    /// Does something with the object on its event loop: now, before this returns, when that is the current one; else
    /// later.
    @inlinable
    package func runNowOrLater(_ body: @escaping @Sendable (Self) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }
}

extension EventLoop {
    /// Does something on this event loop: now, before this returns, when it is the current one; else later.
    ///
    /// Always inlined, so that what is done now needs no closure in memory.
    @inlinable @inline(__always)
    package func runNowOrLater(_ body: @escaping @Sendable () -> Void) {
        if inEventLoop { body() } else { execute(body) }
    }
}
