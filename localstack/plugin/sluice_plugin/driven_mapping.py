"""Kafka event source mappings that a driver outside LocalStack polls."""

import threading

from localstack.services.lambda_.event_source_mapping.esm_worker import (
    EsmState,
    EsmStateReason,
    EsmWorker,
)
from localstack.services.lambda_.event_source_mapping.esm_worker_factory import EsmWorkerFactory
from localstack.utils.patch import patch

from sluice_plugin.mapping_config import is_kafka

driven_mappings: dict[str, "DrivenMapping"] = {}
"""By UUID, deleted ones until the driver has let go of them."""

PATIENCE_SECONDS = 10.0
"""A change that no driver confirms in this time counts as done, so that mappings come and go without one as well."""

_SETTLED = {
    EsmState.CREATING: EsmState.ENABLED,
    EsmState.ENABLING: EsmState.ENABLED,
    EsmState.UPDATING: EsmState.ENABLED,
    EsmState.DISABLING: EsmState.DISABLED,
}


def use_driven_mappings() -> None:
    """LocalStack has one worker for each mapping, anew after every update; for Kafka it becomes ours."""

    @patch(EsmWorkerFactory.get_esm_worker)
    def get_esm_worker(original, self):
        if is_kafka(self.esm_config):
            return DrivenMapping(self.esm_config, self.enabled)
        return original(self)


class DrivenMapping(EsmWorker):
    """Keeps a mapping's state. What was asked for shows as Creating, Disabling, …, until the driver reports it done."""

    def __init__(self, esm_config, enabled: bool):
        super().__init__(
            esm_config, poller=None, enabled=enabled, user_state_reason=EsmStateReason.USER_INITIATED
        )
        self._timer: threading.Timer | None = None

    # What LocalStack calls.

    def create(self) -> None:
        """Begins a mapping's life, or goes on with it after an update, which has put its own state in the store."""
        with self._state_lock:
            driven_mappings[self.uuid] = self
            stored = self._stored()["State"]
            if self.enabled:
                self._enter(EsmState.ENABLED if stored == EsmState.ENABLED else self._rising(stored))
            else:
                # An update of other fields leaves a disabled mapping alone: nobody may start it by that.
                is_running = stored in (EsmState.DISABLING, EsmState.ENABLING, EsmState.CREATING)
                self._enter(EsmState.DISABLING if is_running else EsmState.DISABLED)

    def stop(self) -> None:
        """Called only when an update puts another worker in this one's place."""
        self._cancel_timer()

    def stop_for_shutdown(self) -> None:
        self._cancel_timer()

    def delete(self) -> None:
        with self._state_lock:
            self._enter(EsmState.DELETING)

    # What the driver calls.

    def report(self, state: str | None, reason: str | None, result: str | None) -> None:
        """Takes what the driver tells. A state that does not follow from the present one is passed over."""
        with self._state_lock:
            if self.current_state == EsmState.DELETING:
                if state == EsmState.DISABLED:
                    self._forget()
                return
            if result is not None:
                self._stored()["LastProcessingResult"] = result
            if state == self.current_state or state is None:
                return
            follows = _SETTLED.get(self.current_state) == state
            if not follows and not (state == EsmState.DISABLED and reason is not None):
                return
            if state == EsmState.DISABLED:
                self.enabled = False
            self._enter(EsmState(state), reason)

    def _rising(self, stored: str) -> EsmState:
        is_known = stored in (EsmState.CREATING, EsmState.UPDATING)
        return EsmState(stored) if is_known else EsmState.ENABLING

    def _enter(self, state: EsmState, reason: str | None = None) -> None:
        self._cancel_timer()
        self.current_state = state
        self.state_transition_reason = reason or self.user_state_reason
        stored = self._stored()
        stored["State"] = state
        stored["StateTransitionReason"] = self.state_transition_reason
        if state in _SETTLED or state == EsmState.DELETING:
            self._timer = threading.Timer(PATIENCE_SECONDS, self._settle, [state])
            self._timer.daemon = True
            self._timer.start()

    def _settle(self, state: EsmState) -> None:
        with self._state_lock:
            if self.current_state != state or driven_mappings.get(self.uuid) is not self:
                return
            if state == EsmState.DELETING:
                self._forget()
            else:
                self._enter(_SETTLED[state])

    def _forget(self) -> None:
        self._cancel_timer()
        driven_mappings.pop(self.uuid, None)
        self.delete_esm_in_store()

    def _stored(self) -> dict:
        return self._state.event_source_mappings[self.uuid]

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
