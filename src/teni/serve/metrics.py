"""What the service counts, for Prometheus; in a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters of one service.

    >>> metrics = Metrics()
    >>> metrics.images.inc(3)
    >>> "teni_images_total 3.0" in metrics.text().decode()
    True
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        at = self._registry
        self.requests = Counter("teni_requests", "Requests answered.", ["route", "status"], registry=at)
        self.seconds = Histogram(
            "teni_request_seconds", "From a request to its answer.", ["route"], registry=at, buckets=SECONDS
        )
        self.images = Counter("teni_images", "Images predicted.", registry=at)
        self.batches = Histogram(
            "teni_batch_images", "Images of a batch.", registry=at, buckets=(1, 2, 4, 8, 16, 32, 64)
        )
        self.in_flight = Gauge("teni_requests_in_flight", "Requests being answered.", registry=at)
        self.waiting = Gauge("teni_images_waiting", "Images in the queue.", registry=at)
        self.held = Gauge("teni_held_bytes", "Bytes of requests in memory.", registry=at)

    def text(self) -> bytes:
        """Write all that is counted in Prometheus's text format."""
        return generate_latest(self._registry)
