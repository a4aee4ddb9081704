"""The WSGI application that gunicorn serves: every AWS service of moto behind one address."""

from moto.server import DomainDispatcherApplication, create_backend_app

app = DomainDispatcherApplication(create_backend_app)
